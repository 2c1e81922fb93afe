"""Where pictures stand: the axes of one plane or three, and what is written beside them."""

from collections.abc import Sequence
from textwrap import wrap
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.text import Text

from slicekit.complaint import told
from slicekit.keywords import check_ax
from slicekit.orientation import Look

CORNER = "corner"  # the label of the axes that have no plane
GAP, TITLE = 0.15, 0.3  # inches between panels, and above each of them


def check_axes(axes: Sequence[Any], count: int) -> None:
    """Refuse what is no axes, and other numbers of them than there are pictures."""
    if len(axes) != count:
        raise ValueError(f"{count} volumes need as many axes, got {len(axes)}")
    for ax in axes:
        check_ax(ax)
    figures = {ax.figure.canvas if isinstance(ax, Axes) else None for ax in axes}
    if len(figures) > 1 or None in figures or len({*axes}) < count:
        raise ValueError(
            f"ax= must be different axes of one figure, got {told(axes)}; see plt.subplots"
        )


def panels(count: int, ncols: int | None) -> list[Axes]:
    """Return axes in a new figure of pyplot's, in rows of at most ``ncols``."""
    ncols = min(count, ncols or 4)
    nrows = -(-count // ncols)
    side = plt.rcParams["figure.figsize"][1] / 1.2
    fig = plt.figure(figsize=None if count == 1 else (side * ncols, side * nrows))
    return [fig.add_subplot(nrows, ncols, number + 1) for number in range(count)]


def corners_of(axes: Sequence[Axes]) -> list[Any]:
    """Return the axes that have no plane, beside those that have one."""
    grids = [ax.get_gridspec() for ax in axes]
    figure: Any = axes[0].figure
    return [ax for ax in figure.axes if ax.get_label() == CORNER and ax.get_gridspec() in grids]


def sign(axes: Sequence[Axes], look: Look, names: Sequence[str]) -> bool:
    """Write into the corners from which side things are seen, and names too long for titles.

    Returns whether the names stand there.
    """
    corners = corners_of(axes)
    too_long = max((len(str(name)) for name in names), default=0) > 12
    names = names if too_long else ()
    for corner, name in zip(corners, [*names, *[""] * len(corners)], strict=False):
        letters = int(corner.bbox.width / corner.figure.dpi / 0.08)  # as many as stand in a line
        lines = [*wrap(str(name), max(letters, 8)), look.words()]
        corner.text(0.05, 0.9, "\n".join(lines), va="top", fontsize="small")
    return bool(corners) and too_long


def three_panels(volumes: Sequence[Any], look: Look, ncols: int | None = None) -> list[Axes]:
    """Return three axes for each volume, in a new figure of pyplot's.

    All have one scale: the sagittal panel stands beside the coronal one and is as high, the
    axial one below it and is as wide. Where nobody knows, axes 0, 2 and 1 are in their places.
    The figure is as wide as pyplot's own, but narrower if it would be too high for a screen.
    """
    # across and up in the first panel, and through it
    across, through, up = look.axes if look.codes else (2, 0, 1)
    mm = np.multiply(volumes[0].shape, volumes[0].spacing)
    mm = np.maximum(mm, mm.max() / 3)  # a thin volume still has room for its titles
    wide = plt.rcParams["figure.figsize"][0]
    sizes = mm * min(  # in inches from here on
        (wide - 3 * GAP) / (mm[across] + mm[through]),
        (1.25 * wide - 2 * TITLE - GAP) / (mm[up] + mm[through]),
    )
    wide = sizes[across] + sizes[through] + 3 * GAP
    high = sizes[up] + sizes[through] + 2 * TITLE + GAP
    ncols = min(len(volumes), ncols or 4)
    nrows = -(-len(volumes) // ncols)
    size = wide * ncols, high * nrows
    fig = plt.figure(figsize=size, layout="none")  # settings may have one that moves the panels
    axes = []
    for number in range(len(volumes)):
        left, top = number % ncols * wide, high * (nrows - number // ncols)
        grid = fig.add_gridspec(
            2,
            2,
            left=(left + GAP) / (wide * ncols),
            right=(left + wide - GAP) / (wide * ncols),
            bottom=(top - high + GAP) / (high * nrows),
            top=(top - TITLE) / (high * nrows),
            wspace=2 * GAP / (sizes[across] + sizes[through]),
            hspace=2 * TITLE / (sizes[up] + sizes[through]),
            width_ratios=sizes[[across, through]],
            height_ratios=sizes[[up, through]],
        )
        cells = {through: grid[0, 0], across: grid[0, 1], up: grid[1, 0]}
        axes += [fig.add_subplot(cells[axis], xticks=[], yticks=[]) for axis in look.axes]
        corner = fig.add_subplot(grid[1, 1], label=CORNER)
        corner.set(navigate=False, frame_on=False, xticks=[], yticks=[])
    return axes


def fit_title(title: Text, ax: Axes) -> None:
    """Make a title smaller than others are if it is wider than its panel."""
    figure: Any = ax.figure
    wide = ax.get_position(original=True).width * figure.bbox.width / figure.dpi
    letters = max(len(line) for line in title.get_text().split("\n"))
    points = 120 * (wide + GAP) / max(letters, 1)  # a letter is 0.6 of its size wide
    usual = FontProperties(size=mpl.rcParams["axes.titlesize"]).get_size_in_points()
    title.set_fontsize(min(usual, max(points, 5)))
