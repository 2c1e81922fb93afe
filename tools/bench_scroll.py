"""How long one step of scrolling takes: slicekit beside the article's viewer and four others.

    python tools/bench_scroll.py [--steps N] [--quick]

All viewers show the same volume in figures of the same size, each as it comes, and are stepped
in turn, slice by slice, each to slices that it has not shown before: some to warm up, then N
(default: 30), of which the median counts. The table tells how many steps a viewer makes while
that of 2017 makes one. It goes to ``docs/speed.md``, and as a chart to ``docs/speed.png``. With
``--quick`` a few steps are made, without the largest volume, and the table is only printed.

A step is over when its picture is there, and after each it is looked at: a viewer whose picture
stays the same ends the run. The Matplotlib ones draw with Agg, and their picture is the canvas's
``buffer_rgba()``; to bring it on a screen is not part of it.

- The article's: ``set_array``, ``set_title``, ``canvas.draw()``.
- ``slicekit.SliceViewer`` and ``slicekit.view``: ``index`` is set. Afterwards some of their
  pictures are compared with ``canvas.draw()`` of the same figure; if one differs, it is an error.
- nibabel's ``OrthoSlicer3D``: ``set_position``, which does what its wheel does. It draws three
  planes, of which one moves, and a crosshair; it has no ticks and does not say which slice it is.
- mpl-interactions' ``hyperslicer``: its slider is set. That is in a figure of its own, which is
  drawn as well, and the contrast is that of each slice.
- ``tifffile.imshow``: its slider, in the same figure, is set. It has a colour bar.
- pyqtgraph's ``ImageView`` is no Matplotlib: ``setCurrentIndex``, then ``repaint()`` of its three
  views, which paints all pixels of the window at once, here on Qt's platform "offscreen". It has
  a histogram and a time line, but no axes around the picture and no line that tells the slice.
"""

import ctypes
import os
import platform
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import NullLocator
from matplotlib.widgets import Slider

import slicekit

DOCS = Path(__file__).parents[1] / "docs"
BEGIN, END = "<!-- tools/bench_scroll.py: begin -->", "<!-- tools/bench_scroll.py: end -->"
PEERS = "nibabel", "mpl-interactions", "tifffile", "pyqtgraph", "PySide6-Essentials"
DPI, SIZES = 100, {"640": (6.4, 4.8), "1600": (16, 12)}
MRI = 68, 189, 157
WARM_UP, COMPARED = 12, 8
NOTICED = 0.01  # the part of the pixels that a new slice changes at least; a title changes less


@dataclass
class Viewer:
    """A viewer that can be stepped: how, what gives a copy of its picture then, and its end."""

    step: Callable[[int], Any]
    pixels: Callable[[], np.ndarray]
    close: Callable[[], Any]
    fig: Any = None


# ---- volumes


def mri():
    """Return the bundled head."""
    with redirect_stdout(sys.stderr):  # it says what it is, which belongs to no table
        volume = np.asarray(slicekit.load()).T
    if volume.shape != MRI:
        sys.exit(f"the bundled head has the shape {volume.shape}, not {MRI}; change MRI")
    return volume


def blobs(shape, dtype):
    """Return smooth blobs with noise, shifted from slice to slice."""
    y, x = (np.linspace(0, 2 * np.pi, side, endpoint=False) for side in shape[1:])
    smooth = (2 + np.sin(3 * y) + np.sin(y))[:, None] * (2 + np.cos(2 * x) + np.sin(5 * x))
    noise = np.random.default_rng(0).random(shape[1:])
    plane = (800 * (smooth + noise)).astype(dtype)
    volume = np.empty(shape, dtype)
    for index, image in enumerate(volume):
        image[:] = np.roll(plane, (3 * index, 5 * index), (0, 1))
    return volume


VOLUMES = {
    "mri": mri,
    "256": lambda: blobs((256, 256, 256), np.int16),
    "1k": lambda: blobs((512, 1024, 1024), np.uint16),
}


# ---- viewers: each function opens one at a slice, and returns figure and step


def article(volume, first):
    """Open the viewer of 2017, with a title, since the others tell the slice as well."""
    fig, ax = plt.subplots()
    ax.imshow(volume[first])

    def step(index):
        ax.images[0].set_array(volume[index])
        ax.set_title(f"{index} / {len(volume) - 1}")
        fig.canvas.draw()

    return fig, step


def slice_viewer(volume, first):
    """Open the viewer that the chapters build."""
    viewer = slicekit.SliceViewer(volume, index=first)
    return viewer.fig, lambda index: setattr(viewer, "index", index)


def view(volume, first):
    """Open the finished one."""
    viewer = slicekit.view(volume, index=first)
    return viewer.fig, lambda index: setattr(viewer, "index", index)


def nibabels(volume, first):
    """Open three planes; the one across the first axis is stepped."""
    from nibabel.viewers import OrthoSlicer3D

    viewer = OrthoSlicer3D(volume)
    viewer.set_position(first, *(side // 2 for side in volume.shape[1:]))
    return viewer.figs[0], lambda index: viewer.set_position(x=index)


def hyperslicer(volume, first):
    """Open a figure with a slice, and another one with a slider."""
    from mpl_interactions import hyperslicer

    fig, ax = plt.subplots()
    controls = hyperslicer(volume, ax=ax, display_controls=False)
    slider = controls.controls["axis0"]
    slider.set_val(first)
    return fig, slider.set_val


def tifffiles(volume, first):
    """Open a figure with a slice and a slider, which only the figure's events know."""
    from tifffile import imshow

    fig, _, _ = imshow(volume)
    handlers = fig.canvas.callbacks.callbacks["button_press_event"].values()
    owners = [getattr(handler(), "__self__", None) for handler in handlers]
    slider = next(owner for owner in owners if isinstance(owner, Slider))
    slider.set_val(first)
    return fig, slider.set_val


MATPLOTLIBS = {
    "the article's, 2017": article,
    "`slicekit.SliceViewer`": slice_viewer,
    "`slicekit.view`": view,
    "nibabel, `OrthoSlicer3D`": nibabels,
    "mpl-interactions, `hyperslicer`": hyperslicer,
    "tifffile, `imshow`": tifffiles,
}
ARTICLES, OURS = "the article's, 2017", ("`slicekit.SliceViewer`", "`slicekit.view`")
QTS = "pyqtgraph, `ImageView`"


def open_matplotlibs(start, volume, first, inches):
    """Open one of Matplotlib's as it comes, and then give its figure the size."""
    with plt.style.context("default"):  # tifffile.imshow changes the fonts of all
        fig, step = start(volume, first)
    fig.set_dpi(DPI)
    fig.set_size_inches(inches)
    fig.canvas.draw()
    return Viewer(step, lambda: np.array(fig.canvas.buffer_rgba()), lambda: plt.close("all"), fig)


def open_qts(volume, first, inches):
    """Open pyqtgraph's viewer, in a window that Qt paints in memory."""
    import pyqtgraph
    from pyqtgraph.Qt import QtGui

    app = pyqtgraph.mkQApp()
    window = pyqtgraph.ImageView()
    window.resize(*(round(inch * DPI) for inch in inches))
    window.setImage(volume, axes={"t": 0, "y": 1, "x": 2})
    window.setCurrentIndex(first)
    window.show()
    app.processEvents()
    views = [each.viewport() for each in window.findChildren(pyqtgraph.GraphicsView)]

    def step(index):
        window.setCurrentIndex(index)
        for each in views:
            each.repaint()

    def pixels():
        shown = window.screen().grabWindow(window.winId()).toImage()
        shown = shown.convertToFormat(QtGui.QImage.Format.Format_RGBA8888)
        app.processEvents()  # what the step has left over is not the next one's
        return np.array(shown.constBits()).reshape(shown.height(), shown.width(), 4)

    return Viewer(step, pixels, window.close)


def prepare_qt():
    """Choose the binding and the platform; to be called before Qt is imported."""
    os.environ |= {"QT_QPA_PLATFORM": "offscreen", "PYQTGRAPH_QT_LIB": "PySide6"}
    # PySide6 6.12 gives some references to None and True back too many with each painting, and
    # before Python 3.12 the last one ends the program: this list, never freed, has plenty
    ctypes.pythonapi.Py_IncRef(ctypes.py_object([None, True, False] * 2**20))


# ---- measuring


def measure(size, volume, steps):
    """Return each viewer's median time of a step, and how slicekit's pictures compare."""
    first = (len(volume) - steps - WARM_UP - 1) // 2
    viewers = {
        name: open_matplotlibs(start, volume, first, SIZES[size])
        for name, start in MATPLOTLIBS.items()
    }
    viewers[QTS] = open_qts(volume, first, SIZES[size])
    times = step_in_turn(viewers, range(first + 1, first + 1 + WARM_UP + steps))
    compared = [compare(viewers[name], len(volume)) for name in OURS]
    for viewer in viewers.values():
        viewer.close()
    return {name: np.median(each[WARM_UP:]) for name, each in times.items()}, compared


def step_in_turn(viewers, indices):
    """Step all viewers to each of the slices; return the seconds that each took."""
    times = {name: [] for name in viewers}
    before = {name: viewer.pixels() for name, viewer in viewers.items()}
    for index in indices:
        for name, viewer in viewers.items():
            start = perf_counter()
            viewer.step(index)
            times[name].append(perf_counter() - start)
            before[name] = changed(name, index, before[name], viewer.pixels())
    return times


def changed(name, index, before, now):
    """Return the picture if it is another one than before, in more than the title."""
    part = (before != now).any(axis=-1).mean()
    if part < NOTICED:
        sys.exit(
            f"{name}: {part:.2%} of the pixels changed with the step to slice {index}, as if "
            "nothing was drawn; mend how it is stepped in this file"
        )
    return now


def compare(viewer, count):
    """Compare quick pictures with full drawings; return how many, quick ones, different ones."""
    indices = np.linspace(0, count - 1, COMPARED).round().astype(int).tolist()
    drawn, pictures = [], []
    cid = viewer.fig.canvas.mpl_connect("draw_event", drawn.append)
    for index in indices:  # all of them first: a full drawing ends what makes steps quick
        viewer.step(index)
        pictures.append(viewer.pixels())
    viewer.fig.canvas.mpl_disconnect(cid)
    quick, different = len(indices) - len(drawn), 0
    for index, picture in zip(indices, pictures, strict=True):
        viewer.step(index)
        viewer.fig.canvas.draw()
        different += not np.array_equal(picture, viewer.pixels())
    return len(indices), quick, different


# ---- telling


def table(medians):
    """Return ratios to the article's viewer, and its milliseconds, as a table in Markdown."""
    cases = [(size, volume) for size in SIZES for volume in VOLUMES if (size, volume) in medians]
    rows = [["viewer", *map(" ".join, cases)], ["---", *["--:"] * len(cases)]]
    for name in [*MATPLOTLIBS, QTS]:
        rows.append([name, *(rounded(ratio(medians[case], name)) for case in cases)])
    milliseconds = [f"{1000 * medians[case][ARTICLES]:.0f} ms" for case in cases]
    rows.append([f"one step of {ARTICLES}", *milliseconds])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def ratio(medians, name):
    """Return how many steps a viewer makes while the article's makes one."""
    return medians[ARTICLES] / medians[name]


def rounded(number):
    """Return a ratio with two digits that count, or three from 1 to 2 and from 100 on."""
    return f"{number:.2f}" if number < 2 else f"{number:.1f}" if number < 10 else f"{number:.0f}"


def conditions(steps, compared):
    """Return a paragraph that says with what it was measured, and how pictures compared."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("matplotlib", "numpy", *PEERS))
    pictures, quick, different = np.sum(compared, axis=0)
    return (
        f"Medians of {steps} steps after {WARM_UP} to warm up, on {os.cpu_count()} cores, with "
        f"Python {platform.python_version()}, slicekit {slicekit.__version__}, {packages}.\n"
        f"Of {pictures} pictures of slicekit's two viewers, {quick} of them made the quick way, "
        f"{different} differed from a full drawing."
    )


def write(page, text):
    """Put a text between the two marks of a page."""
    parts = page.read_text().split(BEGIN) if page.exists() else []
    if len(parts) != 2 or END not in parts[1]:
        sys.exit(f"{page.name} has not the lines {BEGIN} and {END}; add them once, in order")
    page.write_text(f"{parts[0]}{BEGIN}\n\n{text}\n\n{END}{parts[1].split(END)[1]}")


COLOURS = "#0072b2", "#56b4e9", "#009e73", "#e69f00", "#cc79a7", "#8c8c8c"  # Okabe and Ito's


def draw_chart(medians, target):
    """Draw the ratios as bars from 1 on, a panel for each size, a group for each volume."""
    with plt.style.context("default"):
        fig, axes = plt.subplots(
            1, len(SIZES), figsize=(9, 5), dpi=DPI, sharex=True, layout="constrained"
        )
        for ax, size in zip(axes, SIZES, strict=True):
            draw_bars(ax, {case[1]: each for case, each in medians.items() if case[0] == size})
            width, height = (round(inch * DPI) for inch in SIZES[size])
            ax.set_title(f"figure of {width} by {height} pixels", fontsize=10)
        axes[0].margins(x=0.12)
        fig.supxlabel(
            "steps in the time of one of the article's viewer (longer is faster)", fontsize=10
        )
        fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
        fig.savefig(target)
        plt.close(fig)


def draw_bars(ax, medians):
    """Draw the bars of one size: black line for the article's, a colour for each other viewer."""
    others = [name for name in [*MATPLOTLIBS, QTS] if name != ARTICLES]
    ax.axvline(1, color="black", label=ARTICLES)
    for row, (name, colour) in enumerate(zip(others, COLOURS, strict=True)):
        ratios = np.array([ratio(each, name) for each in medians.values()])
        places = np.arange(len(medians)) + (row - (len(others) - 1) / 2) / (len(others) + 1)
        height, label = 0.9 / (len(others) + 1), name.replace("`", "")
        bars = ax.barh(places, ratios - 1, height, left=1, color=colour, label=label)
        for bar, number in zip(bars, ratios, strict=True):
            place = max(number, 1), bar.get_y() + height / 2
            ax.annotate(
                rounded(number), place, (3, 0), textcoords="offset points", va="center", fontsize=7
            )
    ax.set_xscale("log")
    ax.set_xticks([0.5, 1, 2, 5, 10, 20], ["0.5", "1", "2", "5", "10", "20"])
    ax.xaxis.set_minor_locator(NullLocator())
    ax.set_yticks(range(len(medians)), list(medians))
    ax.tick_params("y", length=0)
    ax.invert_yaxis()
    ax.spines[["top", "right", "left"]].set_visible(False)


def check(steps):
    """End with one line if a viewer is missing, or if there are not enough slices."""
    for name in PEERS:
        try:
            version(name)
        except PackageNotFoundError:
            sys.exit(
                f"{name} is not installed, and no row may be missing; pip install {' '.join(PEERS)}"
            )
    most = MRI[0] - WARM_UP - 1
    if not 1 <= steps <= most:
        sys.exit(f"--steps {steps} cannot be, the head has {MRI[0]} slices; ask for 1 to {most}")


def main() -> None:
    """Measure all sizes and volumes, and tell."""
    parser = ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, help="how many count; default: 30")
    parser.add_argument("--quick", action="store_true", help="8 steps, without 1k, only printed")
    asked = parser.parse_args()
    steps = asked.steps if asked.steps is not None else 8 if asked.quick else 30
    check(steps)
    mpl.use("agg")
    prepare_qt()
    medians, compared = {}, []
    for name in list(VOLUMES)[: -1 if asked.quick else None]:
        volume = VOLUMES[name]()
        for size in SIZES:
            print(f"{size} {name} ...", file=sys.stderr)
            medians[size, name], pictures = measure(size, volume, steps)
            compared += pictures
    text = f"{table(medians)}\n\n{conditions(steps, compared)}"
    print(text)
    if any(different for _, _, different in compared):
        sys.exit("a quick picture is not what Matplotlib draws; mend slicekit/paint.py first")
    if not asked.quick:
        write(DOCS / "speed.md", text)
        write(DOCS.parent / "README.md", table(medians))
        draw_chart(medians, DOCS / "speed.png")


if __name__ == "__main__":
    main()
