"""The page of ten changes: each one, made to the viewer of chapter 06, does what it says."""

import re

import numpy as np
import pytest
from build_chapters import ROOT

import slicekit

PAGE = (ROOT / "docs" / "change_your_viewer.md").read_text()
START, *CHANGES = re.split(r"^## \d+\. .*$", PAGE, flags=re.M)


def blocks(section):
    """Return the code of a section."""
    return re.findall(r"^```python\n(.*?)^```$", section, flags=re.M | re.S)


BASE = blocks(START)[0].replace("%load_ext slicekit\n", "")
KEYS, VIEWER = '    if event.key == "j":\n', "    remove_keymap_conflicts({"
ANSWER = BASE[BASE.index(KEYS) : BASE.index("    fig.canvas.draw_idle()")]


def run(code):
    """Execute the reader's code, and return what is defined in it."""
    names = {}
    exec(code, names)
    return names


def change(*replacements):
    """Return the starting code with lines exchanged, each of which must be there."""
    code = BASE
    for old, new in replacements:
        assert old in code, old
        code = code.replace(old, new)
    return run(code)


@pytest.fixture
def volume(array):
    return array.astype(float)


def line(start):
    """Return the line of the starting code that begins so."""
    return re.search(rf"^ *{re.escape(start)}.*\n", BASE, flags=re.M).group()


def test_the_start_is_what_chapter_06_ends_with():
    shipped = (ROOT / "slicekit" / "article.py").read_text()
    for name in ("process_key", "multi_slice_viewer"):
        ours = re.search(rf"def {name}\(.*?\n\n", BASE + "\n\n", flags=re.S).group()
        assert all(statement in shipped for statement in ours.splitlines()[1:])


def test_1_title(volume):
    (title,) = blocks(CHANGES[0])
    draw, back = "    fig.canvas.draw_idle()\n", "    return fig\n"
    fig = change((draw, title + draw), (back, title + back))["multi_slice_viewer"](volume)
    assert fig.axes[0].get_title() == "2 / 3"
    slicekit.press(fig, "k")
    assert fig.axes[0].get_title() == "3 / 3"


def test_2_colour_map(volume):
    fig = change((line("ax.imshow"), blocks(CHANGES[1])[0]))["multi_slice_viewer"](volume)
    assert fig.axes[0].images[0].get_cmap().name == "bone"


def test_3_axis():
    names = run(BASE + blocks(CHANGES[2])[0])
    ax = names["fig"].axes[0]
    assert np.array_equal(ax.images[0].get_array(), names["volume"].plane(94, 1).T)
    assert ax.get_aspect() == 2


def test_4_keys(volume):
    free, answer = blocks(CHANGES[3])
    fig = change((line("remove_keymap"), free), (ANSWER, answer))["multi_slice_viewer"](volume)
    for key, index in (("right", 3), ("left", 2), ("k", 2)):
        slicekit.press(fig, key)
        assert fig.axes[0].index == index


def test_5_side_by_side(volume):
    fig = run(BASE + blocks(CHANGES[4])[0])["side_by_side"](volume, -volume)
    fig.colorbar(fig.axes[0].images[0])
    slicekit.press(fig, "k")
    assert np.array_equal(fig.axes[1].images[0].get_array(), -volume[3])
    assert fig.axes[0].index == 3


def test_6_contrast(volume):
    volume[0, 0, 0] = 1e6
    fig = change((line("low, high"), blocks(CHANGES[5])[0]))["multi_slice_viewer"](volume)
    assert fig.axes[0].images[0].get_clim()[1] < 200


def test_7_wheel(volume):
    connect, function = blocks(CHANGES[6])
    keys = line("fig.canvas.mpl_connect")
    fig = run(function + BASE.replace(keys, keys + connect))["multi_slice_viewer"](volume)
    for step, index in ((0.25, 3), (-2, 2)):
        slicekit.scroll(fig, step)
        assert fig.axes[0].index == index


def test_8_start(volume):
    head, index = blocks(CHANGES[7])
    names = change((line("def multi_slice"), head), (line("ax.index = volume"), index))
    assert names["multi_slice_viewer"](volume).axes[0].index == 2
    assert names["multi_slice_viewer"](volume, index=0).axes[0].index == 0


def test_9_mask(volume):
    over, follow = blocks(CHANGES[8])
    draw, image = "    fig.canvas.draw_idle()\n", line("ax.imshow")
    code = BASE.replace(draw, follow + draw).replace(image, image + over)
    code = code.replace("aspect=1):", "aspect=1, mask=None):")
    names = run("from matplotlib.colors import ListedColormap\n" + code)
    mask = np.zeros(volume.shape, int)
    mask[3, 1, 1] = 1
    fig = names["multi_slice_viewer"](volume, mask=mask)
    over = fig.axes[0].images[1]
    assert np.all(over.to_rgba(over.get_array())[..., 3] == 0)
    slicekit.press(fig, "k")
    assert over.to_rgba(over.get_array())[1, 1, 0] == 1


def test_10_stop(volume):
    function, answer = blocks(CHANGES[9])
    fig = run(function + BASE.replace(ANSWER, answer))["multi_slice_viewer"](volume)
    for _ in range(3):
        slicekit.press(fig, "k")
    assert fig.axes[0].index == 3


def test_there_are_ten():
    assert len(CHANGES) == 10
