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
MADE = BASE.index("\n\nfig = multi_slice_viewer")
VIEWER, CALL = BASE[:MADE], BASE[MADE:]
DRAW = "    ax.figure.canvas.draw_idle()\n"


def line(start):
    """Return the line of the starting code that begins so."""
    return re.search(rf"^ *{re.escape(start)}.*\n", BASE, flags=re.M).group()


def replaced(code, *pairs):
    for old, new in pairs:
        assert code.count(old) == 1, old
        code = code.replace(old, new)
    return code


def viewer(*pairs, code=VIEWER):
    """Return the reader's function, after lines of the starting code were exchanged."""
    names = {}
    exec(replaced(code, *pairs), names)
    return names["multi_slice_viewer"]


def shown(fig, number=0):
    return fig.axes[0].images[number].get_array()


@pytest.fixture
def volume(array):
    return array.astype(float)


def test_the_start(volume):
    fig = viewer()(volume)
    for key, index in (("k", 3), ("k", 0), ("j", 3)):
        slicekit.press(fig, key)
        assert np.array_equal(shown(fig), volume[index])
    names = {}
    exec(BASE, names)
    assert names["fig"].axes[0].get_aspect() == 0.5


def test_1_title(volume):
    (title,) = blocks(CHANGES[0])
    fig = viewer((DRAW, title + DRAW))(volume)
    assert fig.axes[0].get_title() == "2 / 3"
    slicekit.press(fig, "k")
    assert fig.axes[0].get_title() == "3 / 3"


def test_2_colour_map(volume):
    fig = viewer((line("ax.imshow"), blocks(CHANGES[1])[0]))(volume)
    assert fig.axes[0].images[0].get_cmap().name == "bone"


def test_3_axis():
    names = {}
    exec(BASE + blocks(CHANGES[2])[0], names)
    assert np.array_equal(shown(names["fig"]), names["volume"].plane(94, 1).T)
    assert names["fig"].axes[0].get_aspect() == 2


ANSWER = (
    VIEWER[VIEWER.index('    if event.key == "j"') : VIEWER.index("\n\n\ndef multi_slice")] + "\n"
)


def test_4_keys(volume):
    free, answer = blocks(CHANGES[3])
    fig = viewer((line("remove_keymap"), free), (ANSWER, answer))(volume)
    for key, index in (("right", 3), ("left", 2), ("k", 2)):
        slicekit.press(fig, key)
        assert fig.axes[0].index == index


def test_5_side_by_side(volume):
    names = {}
    exec(VIEWER + "\n" + blocks(CHANGES[4])[0], names)
    fig = names["multi_slice_viewer"](volume, -volume)
    fig.colorbar(fig.axes[0].images[0])
    slicekit.press(fig, "k")
    assert np.array_equal(fig.axes[1].images[0].get_array(), -volume[3])
    assert fig.axes[0].index == 3
    assert fig.axes[1].images[0].get_clim() == (-119, 0)


def test_6_contrast(volume):
    volume[0, 0, 0] = 1e6
    fig = viewer((line("low, high"), blocks(CHANGES[5])[0]))(volume)
    assert fig.axes[0].images[0].get_clim()[1] < 200


KEYS = line("fig.canvas.mpl_connect")


def test_7_wheel(volume):
    function, connect = blocks(CHANGES[6])
    fig = viewer((KEYS, KEYS + connect), code=function + VIEWER)(volume)
    for step, index in ((0.25, 3), (-2, 2)):
        slicekit.scroll(fig, step)
        assert fig.axes[0].index == index


def test_8_start(volume):
    head, index = blocks(CHANGES[7])
    make = viewer((line("def multi_slice"), head), (line("show(ax, volume"), index))
    assert make(volume).axes[0].index == 2
    assert make(volume, index=0).axes[0].index == 0


def test_9_mask(volume):
    head, over, follow, call = blocks(CHANGES[8])
    image = line("ax.imshow")
    pairs = (line("def multi_slice"), head), (image, image + over), (DRAW, follow + DRAW)
    mask = np.zeros(volume.shape, int)
    mask[3, 1, 1] = 1
    fig = viewer(*pairs)(volume, mask=mask)
    over = fig.axes[0].images[1]
    assert np.all(over.to_rgba(over.get_array())[..., 3] == 0)
    slicekit.press(fig, "k")
    assert over.to_rgba(over.get_array())[1, 1, 0] == 1
    exec(replaced(VIEWER, *pairs) + call, {})


def test_10_stop(volume):
    fig = viewer((line("ax.index = index"), blocks(CHANGES[9])[0]))(volume)
    for _ in range(3):
        slicekit.press(fig, "k")
    assert fig.axes[0].index == 3


def test_they_go_together(volume):
    """Numbers 1, 4, 6, 7, 9 and 10, all at once."""
    (title,), (free, answer), (limits,) = blocks(CHANGES[0]), blocks(CHANGES[3]), blocks(CHANGES[5])
    function, connect = blocks(CHANGES[6])
    head, over, follow, _ = blocks(CHANGES[8])
    image = line("ax.imshow")
    make = viewer(
        (line("remove_keymap"), free),
        (ANSWER, answer),
        (line("low, high"), limits),
        (KEYS, KEYS + connect),
        (line("def multi_slice"), head),
        (image, image + over),
        (DRAW, title + follow + DRAW),
        (line("ax.index = index"), blocks(CHANGES[9])[0]),
        code=function + VIEWER,
    )
    fig = make(volume, mask=volume > 100)
    slicekit.scroll(fig, 1)
    slicekit.press(fig, "right")
    assert fig.axes[0].get_title() == "3 / 3"
    assert np.array_equal(shown(fig), volume[3])
    assert np.array_equal(shown(fig, 1), volume[3] > 100)


def test_there_are_ten():
    assert len(CHANGES) == 10
