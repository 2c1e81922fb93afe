"""The exercises: stubs get a hint, solutions pass, typical mistakes get the right hint."""

import os
import re

import jupytext
import numpy as np
import pytest
from build_chapters import CHAPTERS, execute, read

import checks
import slicekit

TEXTS = sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))


def exercises(path):
    """Return the cells of a text that are exercises, by name."""
    found = {}
    for cell in jupytext.read(path).cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("exercise-"):
                found[tag.removeprefix("exercise-")] = cell.source
    return found


def told(notebook, name):
    """Return what an exercise's cell printed."""
    (cell,) = (c for c in notebook.cells if f"exercise-{name}" in c.metadata.get("tags", []))
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_every_exercise_has_one_stub_one_solution_and_one_check(text):
    number = text.stem[:2]
    names = {f"{number}-core", f"{number}-stretch"}
    assert set(exercises(text)) == names
    assert set(exercises(CHAPTERS / "solutions" / text.name)) == names
    assert names <= set(checks.HINTS)


def test_no_check_is_left_over():
    assert len(checks.HINTS) == 2 * len(TEXTS)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_the_solution_passes_in_its_chapter(text):
    notebook = read(text)
    solutions = exercises(CHAPTERS / "solutions" / text.name)
    for cell in notebook.cells:
        for tag in cell.metadata.get("tags", []):
            cell.source = solutions[tag.removeprefix("exercise-")]
    execute(notebook, dict(os.environ))
    for name in solutions:
        assert told(notebook, name) == "correct\n"


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_the_untouched_stub_is_told_what_is_missing(text):
    notebook = jupytext.read(text.with_suffix(".ipynb"))
    for name in exercises(text):
        assert re.fullmatch(r"not yet: .{20,}\n", told(notebook, name))


@pytest.fixture
def volume():
    return checks._quietly_loaded()


def image(array, aspect=0.5, **options):
    import matplotlib.pyplot as plt

    return plt.subplots()[1].imshow(array, aspect=aspect, **options)


def hint(capsys, name, *answers):
    checks.check(name, *answers)
    return capsys.readouterr().out


ASTRONAUT = checks.data.astronaut()


@pytest.mark.parametrize(
    ("name", "answer", "expected"),
    [
        ("01-core", ASTRONAUT[260:430, 330:500], "rows and columns are exchanged"),
        ("01-core", ASTRONAUT[330:501, 260:431], "the end of a slice does not count"),
        ("01-core", ASTRONAUT[330:500], r"shape \(170, 512, 3\)"),
        ("01-stretch", ASTRONAUT[:, ::-1], "left and right are exchanged"),
        ("01-stretch", ASTRONAUT[::-1, ::-1], "turned half round"),
        ("01-stretch", ASTRONAUT[::-2], "all rows in reverse order"),
        ("02-core", 157 * 189 * 68 / 1e6, "multiply by the size of one voxel"),
        ("02-core", 157 * 189 * 68 * 2.0, "cubic millimetres; a litre is a million"),
        ("02-core", 157 * 189 * 68 * 2.0 / 1e3, "in millilitres"),
        ("02-core", 17, "17 is not right"),
        ("02-core", "four", r"fails with \w*TypeError"),
        ("02-stretch", 0.123, "darker than 20 is < 20"),
    ],
)
def test_typical_mistakes(capsys, name, answer, expected):
    assert re.search(f"^not yet: .*{expected}", hint(capsys, name, answer))


def test_typical_mistakes_with_the_dark(capsys, volume):
    dark = np.asarray(volume) < 20
    assert "divide by the number" in hint(capsys, "02-stretch", dark.sum())
    assert "which is not dark" in hint(capsys, "02-stretch", 1 - dark.mean())
    assert "in percent" in hint(capsys, "02-stretch", 100 * dark.mean())


def test_typical_mistakes_with_the_axis(capsys, volume):
    assert "along axis 0" in hint(capsys, "03-core", image(volume.plane(34, 0)))
    assert "not slice 34" in hint(capsys, "03-core", image(volume.plane(33, 2)))
    assert "not slice 34" in hint(capsys, "03-core", image(volume.plane(34, 1)))
    assert "the aspect is still 0.5" in hint(capsys, "03-core", image(volume.plane(34, 2)))


def test_typical_mistakes_with_the_limits(capsys, volume):
    array = np.asarray(volume)
    top, of_slice = np.percentile(array, 99), np.percentile(array[75], 99)
    said = [
        hint(capsys, "03-stretch", image(array[75], vmin=low, vmax=high))
        for low, high in [(0, array.max()), (0, of_slice), (0, 99), (5, top), (0, top)]
    ]
    expected = [
        "change the first line",
        "of the whole volume",
        "white is 99",
        "black has changed",
        "correct",
    ]
    assert all(words in line for words, line in zip(expected, said, strict=True)), said


def test_typical_mistakes_with_the_upright_slice(capsys, volume):
    plane = volume.plane(60, 1)
    said = [
        hint(capsys, "04-core", picture)
        for picture in (
            image(plane),
            image(plane.T, 0.5, origin="lower"),
            image(plane.T, 2),
            image(plane.T, 3, origin="lower"),
            image(volume.plane(61, 1).T, 2),
        )
    ]
    expected = ["on its side", "squashed", "on its top", "should be 2", "not slice 60"]
    assert all(words in line for words, line in zip(expected, said, strict=True)), said


@pytest.mark.parametrize(
    ("turn", "expected"),
    [
        (lambda v: np.asarray(v).T, "should return a slicekit.Volume"),
        (lambda v: slicekit.Volume(v.array.T, v.spacing), "the spacing is not"),
        (lambda v: slicekit.Volume(v.array, v.spacing[::-1]), "the array is not turned"),
        (lambda v: slicekit.Volume(v.array.transpose(2, 0, 1), v.spacing[::-1]), "another way"),
        (lambda v: slicekit.Volume(v.array.T, (9, 9, 9)), "should be (3.0, 2.0, 1.0)"),
        (lambda v: undefined_name, "fails with NameError"),  # noqa: F821
    ],
)
def test_typical_mistakes_with_turning(capsys, turn, expected):
    assert expected in hint(capsys, "04-stretch", turn)


def to(ax, index, picture=True):
    ax.index = index
    if picture:
        ax.images[0].set_array(ax.volume[index])


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (lambda ax: to(ax, 0, False), lambda ax: to(ax, 19, False), "but not the picture"),
        (lambda ax: to(ax, 1), lambda ax: to(ax, 19), "ax.index is 1; it should be 0"),
        (lambda ax: to(ax, 0), lambda ax: to(ax, -1), "ax.index is -1; it should be 19"),
        (lambda ax: to(ax, 0), lambda ax: to(ax, 20), "fails with IndexError"),
        (lambda ax: to(ax, 0), lambda ax: None, "changes nothing yet"),
    ],
)
def test_typical_mistakes_with_first_and_last(capsys, first, last, expected):
    assert expected in hint(capsys, "05-core", first, last)


def by_step(event):
    ax = event.canvas.figure.axes[0]
    to(ax, ax.index + int(event.step))


def wrong_way(event):
    (slicekit.previous_slice if event.step > 0 else slicekit.next_slice)(
        event.canvas.figure.axes[0]
    )


@pytest.mark.parametrize(
    ("scroll", "expected"),
    [
        (by_step, "a step of 3 leads from slice 7 to 10; it should be 8"),
        (wrong_way, "a step of 1 leads from slice 7 to 6"),
        (lambda event: to(event.canvas.figure.axes[0], 8, False), "not the picture"),
    ],
)
def test_typical_mistakes_with_the_wheel(capsys, scroll, expected):
    assert expected in hint(capsys, "05-stretch", scroll)


def viewer(aspect=2, **changes):
    fig = slicekit.multi_slice_viewer(checks.ball, aspect)
    ax = fig.axes[0]
    if "clim" in changes:
        ax.images[0].set_clim(*changes["clim"])
    if "start" in changes:
        to(ax, changes["start"])
    return fig


def test_typical_mistakes_with_the_viewer(capsys):
    import matplotlib.pyplot as plt

    assert "this is a Axes" in hint(capsys, "06-core", viewer().axes[0])
    assert "not round" in hint(capsys, "06-core", viewer(aspect=0.5))
    assert "not round" in hint(capsys, "06-core", viewer(aspect=1))
    assert "not those of the whole volume" in hint(capsys, "06-core", viewer(clim=(0, 9)))
    assert "start with slice 10" in hint(capsys, "06-core", viewer(start=0))
    fig = viewer()
    plt.rcdefaults()
    assert "free your keys first" in hint(capsys, "06-core", fig)
    fig = viewer()
    fig.canvas.callbacks.callbacks["key_press_event"].clear()
    assert "after K it shows slice 10; it should be 11" in hint(capsys, "06-core", fig)


def own_viewer(title=True, free=True, count=1):
    import matplotlib.pyplot as plt

    def make(volume):
        if free:
            slicekit.remove_keymap_conflicts({"n", "p"})
        fig, ax = plt.subplots()
        ax.volume, ax.index = volume, 10
        ax.imshow(volume[10])
        ax.set_title("slice 10")

        def answer(event):
            to(ax, ax.index + (1 if event.key == "n" else -1) * count)
            if title:
                ax.set_title(f"slice {ax.index}")

        fig.canvas.mpl_connect("key_press_event", answer)
        return fig

    return make


def test_typical_mistakes_with_ones_own_viewer(capsys):
    import matplotlib.pyplot as plt

    assert "should return the figure" in hint(capsys, "06-stretch", lambda volume: None)
    untitled = hint(capsys, "06-stretch", lambda volume: slicekit.multi_slice_viewer(volume))
    assert "does not tell the number" in untitled
    assert "still says 'slice 10'" in hint(capsys, "06-stretch", own_viewer(title=False))
    plt.rcdefaults()
    assert "P still switches" in hint(capsys, "06-stretch", own_viewer(free=False))
    assert "it should be 11" in hint(capsys, "06-stretch", own_viewer(count=2))
    assert hint(capsys, "06-stretch", own_viewer()) == "correct\n"
