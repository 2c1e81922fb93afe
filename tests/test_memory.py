"""Nothing grows: not by a thousand viewers opened and closed, and not by ten thousand steps."""

import gc
import sys
import threading
import time
import weakref
from contextlib import nullcontext
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit import SliceViewer, Volume, link, press, view
from slicekit.ahead import OPEN
from slicekit.keymap import Filter, handlers

ARRAY = np.arange(9 * 5 * 6, dtype=np.uint8).reshape(9, 5, 6)
MM = Volume(ARRAY, affine=np.eye(4))


@pytest.fixture(autouse=True)
def _small_figures():
    ticks = "xtick.bottom", "xtick.labelbottom", "ytick.left", "ytick.labelleft"
    with plt.rc_context(
        {"figure.figsize": (1, 1), "figure.dpi": 30, **dict.fromkeys(ticks, False)}
    ):
        yield


@pytest.fixture
def path(tmp_path):
    np.save(tmp_path / "volume.npy", ARRAY)
    return tmp_path / "volume.npy"


def linked(path):
    one = view(MM)
    link(one, SliceViewer(MM))
    return one


SOME = 500  # blocks, that come and go

# how to open one, how many are opened, and how many steps one of them makes
KINDS = {
    "core": (lambda path: SliceViewer(ARRAY), 500, 4000),
    "view": (lambda path: view(ARRAY, overlay=ARRAY > 99, points=[(4, 2, 2)]), 60, 2000),
    "read ahead": (view, 350, 3400),
    "linked": (linked, 60, 400),
    "planes": (lambda path: view(MM, planes=True), 30, 200),
}


def in_use():
    """Return how much there is of all that could be forgotten."""
    gc.collect()
    deadline = time.monotonic() + 10
    while any(t.name == "slicekit" for t in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)  # whoever was told to end needs a moment for it
    files = Path("/proc/self/fd")
    return {
        # those of downloads and servers, which other tests left to themselves, may end meanwhile
        "threads": sum(t.name == "slicekit" or not t.daemon for t in threading.enumerate()),
        "files": len(list(files.iterdir())) if files.exists() else 0,
        "figures": plt.get_fignums(),
        "settings": dict(mpl.rcParams),
        "read ahead": len(OPEN),
    }


def blocks():
    """Return how many pieces of memory Python has handed out."""
    gc.collect()
    return sys.getallocatedblocks()


def connected(fig):
    """Return how many functions hear of each event of a figure, and how many claim its keys."""
    claims = [len(f.claims) for _, _, f in handlers(fig) if isinstance(f, Filter)]
    callbacks = fig.canvas.callbacks.callbacks
    return claims, {name: len(cids) for name, cids in callbacks.items() if cids}


def open_and_close(make, path, count):
    """Open some viewers, one after the other, make a step and close them, and see who is left."""
    left = weakref.WeakSet()
    for _ in range(count):
        viewer = make(path)
        left.add(viewer)
        press(viewer.fig, "k")
        viewer.close()
        plt.close("all")
    del viewer
    gc.collect()
    return len(left)


@pytest.mark.parametrize("kind", KINDS)
def test_a_thousand_viewers_leave_nothing(kind, path):
    make, count, _ = KINDS[kind]
    open_and_close(make, path, 20)  # caches are filled
    before, there = in_use(), blocks()
    assert open_and_close(make, path, count) == 0
    assert blocks() - there < SOME + 2 * count
    assert in_use() == before


@pytest.mark.parametrize("is_interactive", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_ten_thousand_steps_leave_nothing(kind, is_interactive, path):
    make, _, steps = KINDS[kind]
    with plt.ion() if is_interactive else nullcontext():
        viewer = make(path)
        viewer.wrap = True
        viewer.fig.canvas.draw()

        def step(count):
            for _ in range(count):
                press(viewer.fig, "k", viewer.axes[0])

        step(100)
        before, grown, some = (in_use(), connected(viewer.fig)), [], steps // 8
        for _ in range(4):
            there = blocks()
            step(some)
            grown.append(blocks() - there)
        # caches fill up now and then; what is left behind by each step is there every time
        assert min(grown) < some / 2, grown
        assert (in_use(), connected(viewer.fig)) == before
