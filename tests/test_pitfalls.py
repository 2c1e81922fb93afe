"""The page of pitfalls: its first blocks of code go wrong as it says, its second ones do not."""

import builtins
import gc
import re
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import naive
import nibabel
import numpy as np
import pytest
import test_bugs
from build_chapters import ROOT
from matplotlib.backend_bases import MouseButton, MouseEvent
from matplotlib.figure import Figure
from matplotlib.widgets import Slider

import checks
import slicekit

PAGE = (ROOT / "docs" / "pitfalls.md").read_text()
PARTS = re.split(r"^##+ (.*)$", PAGE, flags=re.M)
SECTIONS = dict(zip(PARTS[1::2], PARTS[2::2], strict=True))
GROUPS = {"Pictures", "Arrays and files", "Keys and events", "Figures"}
BORN = "Bugs that copies of the viewer live with"


def blocks(text):
    return re.findall(r"^```python\n(.*?)^```$", text, flags=re.M | re.S)


@pytest.fixture
def say(tmp_path, capsys):
    """Return a function that runs the first block of a section, and its second one after that."""

    def pitfall(title, **more):
        wrong, right = blocks(SECTIONS[title])
        names = {"zipfile": zipfile, "nibabel": nibabel, "Slider": Slider, "Figure": Figure}
        names |= {"folder": tmp_path, "ax": plt.figure().add_subplot(), **more}
        exec(blocks(PARTS[0])[0], names)
        yield lambda: exec(wrong, names) or names
        yield lambda: exec(right, names) or names

    return pitfall


# ---- those whose symptom is the error in their heading

REMOVE = "`ValueError: list.remove(x): x not in list`"
(AS_A_LIST,) = (title for title in SECTIONS if "only integers" in title)
ERRORS = [t for t in SECTIONS if re.match(r"`\w+Error: ", t) and t not in {REMOVE, AS_A_LIST}]


@pytest.mark.parametrize("title", ERRORS)
def test_an_error_is_raised_word_for_word_and_cured(say, title):
    wrong, right = say(title)
    kind, words = re.match(r"`(\w+): (.*)`$", title).groups()
    with pytest.raises(getattr(builtins, kind)) as raised:
        wrong()
    assert str(raised.value) == words
    right()


def test_an_index_as_a_list(say):
    wrong, right = say(AS_A_LIST)
    with pytest.raises(IndexError, match=r"^only integers, slices \("):
        wrong()
    assert right()["image"].shape == (157, 68)


def test_a_thin_volume(say):
    wrong, right = say("A volume of three or four columns appears in colour")
    assert wrong()["im"].get_array().shape == (157, 189, 3)
    assert right()["im"].get_array().shape == (189, 3)


def height_to_width(im):
    """Return how much higher than wide a picture is drawn, by the axes' own measure."""
    im.figure.canvas.draw()
    box = im.axes.get_position()
    width, height = im.figure.get_size_inches()
    return box.height * height / (box.width * width)


def test_squashed(say):
    wrong, right = say("The picture is squashed")
    assert height_to_width(wrong()["im"]) == pytest.approx(189 / 68)
    assert height_to_width(right()["im"]) == pytest.approx(189 / (2 * 68))


def test_squashed_again(say):
    wrong, right = say("It is squashed again after `.T`")
    assert height_to_width(wrong()["im"]) != pytest.approx(189 / 157)
    assert height_to_width(right()["im"]) == pytest.approx(189 / 157)


def test_on_its_top(say):
    wrong, right = say("The head stands on its top")
    row = 150
    plane = slicekit.load().array.T[5]
    assert not np.array_equal(wrong()["im"].get_array()[row], plane[row])
    im = right()["im"]
    assert np.array_equal(im.get_array()[row], plane[row])
    assert np.diff(im.axes.get_ylim()) > 0


def test_different_greys(say):
    wrong, right = say("Two slices have different greys for the same value")
    names = wrong()
    assert names["one"].norm(100) != names["other"].norm(100)
    names = right()
    assert names["one"].norm(100) == names["other"].norm(100)


def test_dark(say):
    wrong, right = say("Everything is dark")
    assert wrong()["high"] == 10_000
    assert right()["high"] < 237


def test_nan(say):
    wrong, right = say("The picture is empty, and its limits are `(nan, nan)`")
    assert np.isnan(wrong()["im"].get_clim()).all()
    im = right()["im"]
    assert im.get_clim() == (0, 237)
    assert np.isnan(np.percentile([1, np.nan], 99))


def test_speckles(say):
    wrong, right = say("The difference of two scans has speckles near white")
    assert wrong()["difference"].min() == 0
    assert wrong()["difference"].max() > 250
    assert right()["difference"].min() < 0
    assert np.uint8(3) - np.array([5], np.uint8) == 254


def test_minus_one(say):
    title = "An index of -1 shows the last slice, without a word"
    wrong, right = say(title)
    assert np.array_equal(wrong()["image"], slicekit.load().array[156])
    (words,) = re.findall("`IndexError: (.*?)`", " ".join(SECTIONS[title].split()))
    with pytest.raises(IndexError, match=re.escape(words)):
        right()


def scan(tmp_path):
    with zipfile.ZipFile(slicekit.fetch("attention")) as archive:
        archive.extractall(tmp_path)
    return nibabel.load(tmp_path / "attention/structural/nsM00587_0002.hdr", mmap=False)


def test_memory(say, tmp_path):
    wrong, right = say("Memory runs out when a scan is opened", scan=scan(tmp_path))
    assert wrong()["loaded"].nbytes == 8 * right()["loaded"].nbytes


def test_left_might_be_right(say):
    wrong, right = say("Left might be right")
    assert not wrong()["viewer"].ax.texts
    assert [text.get_text() for text in right()["viewer"].ax.texts] == ["L", "R", "P", "A"]


def test_a_guess(say):
    wrong, right = say("The affine of an old file looks fine, and is a guess")
    assert wrong()["affine"][0, 0] == -slicekit.load().affine[0, 0]
    assert right()["affine"] is None


def test_half_a_pair(say):
    wrong, right = say("`FileNotFoundError`, and it names an `.img` that you never had")
    with pytest.raises(FileNotFoundError, match=r"nsM00587_0002\.img"):
        wrong()
    assert right()["loaded"].shape == (157, 189, 68)


# ---- keys and events


def viewer_of_mine(array):
    return naive.article(array)


def test_k(say):
    title = "K turns the x axis logarithmic, and the picture shrinks to a strip"
    wrong, right = say(title, viewer_of_mine=viewer_of_mine)
    assert wrong()["fig"].axes[0].get_xscale() == "log"
    assert right()["fig"].axes[0].get_xscale() == "linear"


@pytest.fixture
def lists_restored():
    """The very lists that Matplotlib's defaults share, as they were."""
    shared = plt.rcParamsDefault["keymap.xscale"]
    saved = list(shared)
    yield
    shared[:] = saved


def test_remove_twice(say, lists_restored):
    wrong, _ = say(REMOVE)
    with pytest.raises(ValueError, match=r"list\.remove\(x\): x not in list"):
        wrong()
    plt.rcdefaults()
    assert "k" not in plt.rcParams["keymap.xscale"]


def test_new_lists_twice(say):
    _, right = say(REMOVE)
    right()
    assert "k" in plt.rcParams["keymap.xscale"]


@pytest.fixture
def ax():
    """Axes as the article's functions expect them."""
    return checks._axes_with(checks.ball, 7)


def press_with(ax, answer, key="j"):
    cid = ax.figure.canvas.mpl_connect("key_press_event", answer)
    try:
        slicekit.press(ax.figure, key)
    finally:
        ax.figure.canvas.mpl_disconnect(cid)


def test_faults_are_kept(say, ax):
    wrong, right = say("Nothing happens, and there is no error message", ax=ax)
    answer = wrong()["answer"]
    with pytest.raises(NameError):  # what a live notebook keeps to itself
        press_with(ax, answer)
    names = right()
    press_with(ax, names["answer"])
    (fault,) = names["faults"]
    assert "NameError: name 'no_such_name' is not defined" in fault


def test_no_drawing(say):
    fig = slicekit.multi_slice_viewer(slicekit.load().array)
    drawn = []
    fig.canvas.draw_idle = lambda: drawn.append(True)
    wrong, right = say("The index changes, the picture does not", ax=fig.axes[0])
    wrong()
    assert drawn == []
    right()
    assert drawn == [True]


def test_two_slices(say, ax):
    title = "A key moves two slices"
    wrong, right = say(title, fig=ax.figure, process_key=slicekit.process_key)
    wrong()
    slicekit.press(ax.figure, "j")
    assert ax.index == 5
    right()
    slicekit.press(ax.figure, "j")
    assert ax.index == 4


def test_an_old_handler(say, ax):
    title = "A handler that was changed does what it did before"
    wrong, right = say(title, ax=ax, fig=ax.figure)
    names = [wrong()]
    slicekit.press(ax.figure, "j")
    assert ax.get_title() == "old"
    names.append(right())
    slicekit.press(ax.figure, "j")
    assert ax.get_title() == "new"


def test_caps_lock(say, ax):
    wrong, right = say("J works, and with Caps Lock it does not")
    for block, indices in ((wrong, (6, 6)), (right, (5, 4))):
        answer = block()["answer"]
        for key, index in zip("jJ", indices, strict=True):
            press_with(ax, answer, key)
            assert ax.index == index


def test_slider(say):
    wrong, right = say("A slider that does not move")
    for block, moves in ((wrong, False), (right, True)):
        fig = block()["fig"]
        gc.collect()
        before = [text.get_text() for text in fig.axes[0].texts]
        x, y = fig.axes[0].transAxes.transform((0.7, 0.5))
        event = MouseEvent("button_press_event", fig.canvas, x, y, MouseButton.LEFT)
        fig.canvas.callbacks.process(event.name, event)
        now = [text.get_text() for text in fig.axes[0].texts]
        assert (now != before) == moves


# ---- figures


def test_the_current_figure(say):
    wrong, right = say("A plot appears in the figure of an earlier cell")
    assert len(wrong()["first"].axes[0].lines) == 1
    assert len(right()["first"].axes[0].lines) == 0


def test_more_than_twenty(say):
    plt.close("all")
    wrong, right = say("`RuntimeWarning: More than 20 figures have been opened.`")
    with pytest.warns(RuntimeWarning, match=r"^More than 20 figures have been opened\."):
        wrong()
    plt.close("all")
    right()


# ---- the bugs that tests/naive.py has

NAIVE = {
    "much is plain white": "test_the_contrast_is_not_that_of_the_first_slice",
    "a mask never appears": "test_a_mask_appears_although_the_first_slice_has_none_of_it",
    "changes its colour": "test_a_label_has_the_same_colour_whichever_slice_comes_first",
    "stretched or cut off": "test_another_axis_brings_its_own_extent",
    "slices that never come": "test_another_axis_wraps_at_its_own_length",
    "keys are dead": "test_handlers_are_not_collected_as_garbage",
    "no attribute 'index'": "test_a_colour_bar_is_no_panel",
    "title appears on another": "test_the_title_is_written_on_the_viewers_own_axes",
    "no attribute 'lower'": "test_a_key_without_a_name_is_passed_over",
    "on a trackpad": "test_the_wheel_goes_by_its_sign",
    "__round__": "test_a_click_outside_the_axes_is_no_point",
    "leaves points behind": "test_a_click_while_zooming_or_panning_is_no_point",
    "points of the last one": "test_two_viewers_do_not_share_their_points",
    "NaN has become 0": "test_the_callers_array_is_not_changed",
    "slower than the last": "test_keys_do_not_pile_up_images",
    "the zoom is lost": "test_zoom_survives_a_step",
    "memory fills up": "test_the_volume_is_not_turned_into_colours",
}


def test_every_bug_of_the_table_has_its_test():
    lines = [line for line in SECTIONS[BORN].splitlines() if line.startswith("| ")][1:]
    assert len(lines) == len(NAIVE)
    for line, (words, test) in zip(lines, NAIVE.items(), strict=True):
        assert words in line.split(" | ")[0]
        assert callable(getattr(test_bugs, test))
    tests = {name for name in vars(test_bugs) if name.startswith("test_")}
    assert tests - set(NAIVE.values()) == {"test_a_key_of_ours_does_nothing_else"}  # see test_k


def pressed(fig, *keys):
    for key in keys:
        slicekit.press(fig, key)


def clicked_outside(fig):
    event = MouseEvent("button_press_event", fig.canvas, 1, 1, MouseButton.LEFT)
    fig.canvas.callbacks.process(event.name, event)


@pytest.mark.parametrize(
    ("kind", "do"),
    [
        (IndexError, lambda v: pressed(naive.other_axis(v.T), "a", "j")),
        (AttributeError, lambda v: pressed(naive.colour_bar(v), "n")),
        (AttributeError, lambda v: pressed(naive.lower(v), None)),
        (TypeError, lambda v: clicked_outside(naive.clicks(v, [])[0])),
    ],
    ids=["axis", "colour bar", "key", "click"],
)
def test_the_errors_of_the_table_are_word_for_word(array, kind, do):
    with pytest.raises(kind) as raised:
        do(array)
    assert f"| `{kind.__name__}: {raised.value}`" in SECTIONS[BORN]


# ---- nothing is left untried


def test_every_pitfall_is_tried():
    with_code = {title for title, text in SECTIONS.items() if blocks(text)}
    assert set(SECTIONS) - with_code == GROUPS | {BORN}
    assert all(len(blocks(SECTIONS[title])) == 2 for title in with_code)
    source = Path(__file__).read_text()
    for title in with_code - {*ERRORS, AS_A_LIST}:
        assert f'"{title}"' in source, title
