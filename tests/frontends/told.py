"""Run a program as it is, and tell its state on standard output whenever a line comes in.

    told.py PROGRAM ARGUMENTS...        or        told.py -m MODULE ARGUMENTS...

The state is read by a thread beside the program, which it does not know of. It is told after
the program has ended, too, until standard input closes.
"""

import json
import os
import runpy
import sys
import threading

import numpy as np
from matplotlib.figure import Figure

from slicekit.viewer import viewers

figures = []  # of the program
kept = []  # the first of them on which something can be scrolled, and its viewer: both may be lost


def note(make):
    """Return a function that makes a figure and notes it."""

    def make_and_note(fig, *arguments, **keywords):
        make(fig, *arguments, **keywords)
        figures.append(fig)

    return make_and_note


Figure.__init__ = note(Figure.__init__)


def find():
    """Return a figure with something to scroll, and its viewer; of the article's there is none."""
    for fig in figures:
        found = viewers(fig)
        if found or (fig.axes and hasattr(fig.axes[0], "index")):
            return [fig, *found]
    return []


def state():
    kept.extend([] if kept else find())
    if not kept or not kept[0].axes[0].images:
        return {}
    fig, *viewer = kept
    ax = fig.axes[0]
    return {
        "index": (viewer[0] if viewer else ax).index,
        "voxel": [place for v in viewer for place in getattr(v, "voxel", [])],
        "points": np.ravel([getattr(v, "points", []) for v in viewer]).tolist(),
        "inches": fig.get_size_inches().tolist(),
        "dpi": fig.dpi,
        "clim": ax.images[0].get_clim(),
        "scales": [ax.get_xscale(), ax.get_yscale()],
        "grid": ax.xaxis.get_tick_params().get("gridOn", False),
        "answering": answering(fig),
    }


def answering(fig):
    """Count the functions of slicekit that answer events of a figure."""
    connected = [dict(some) for some in list(fig.canvas.callbacks.callbacks.values())]
    functions = [reference() for some in connected for reference in some.values()]
    return sum(str(f.__module__).startswith("slicekit.") for f in functions if f is not None)


def tell():
    for _ in sys.stdin:
        told = json.dumps(state(), default=float)
        print(f"\nstate {told}\n", end="", flush=True)  # in one piece: the program prints, too
    os._exit(0)


if __name__ == "__main__":
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    sys.argv = sys.argv[1:]
    try:
        if sys.argv[0] == "-m":
            sys.argv = sys.argv[1:]
            runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
        else:
            runpy.run_path(sys.argv[0], run_name="__main__")
    finally:
        teller.join()
