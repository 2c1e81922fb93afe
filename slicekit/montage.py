"""Many slices of a viewer side by side, in one figure."""

from collections.abc import Sequence
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from slicekit.complaint import told
from slicekit.frames import on_another_canvas
from slicekit.viewer import SliceViewer
from slicekit.volume import check_index, check_whole

LINE = 0.25  # inches for a line of a title


def montage(viewer: SliceViewer, slices: int | Sequence[int] = 12, *, ncols: int = 4) -> Figure:
    """Show many slices at once, each as the viewer shows it.

    Parameters
    ----------
    slices : int or sequence of int
        How many, at even distances, or which; default: 12.
    ncols : int
        How many of them stand side by side; default: 4.

    Returns
    -------
    Figure
        A new one of pyplot's. Each picture has an axes of its own, with the limits, zoom
        and layers of the viewer's. What you have drawn on ``viewer.ax`` yourself stays
        behind, and so do colour bars and layers that do not know ``on(picture, plane)``.

    Raises
    ------
    TypeError, ValueError, IndexError
        If there are no such slices.
    """
    indices = chosen(viewer, slices)
    if check_whole(ncols, "ncols") < 1:
        raise ValueError(f"ncols must be 1 or more, got {ncols}")
    # of three planes only those along the axis that is counted
    shown = [n for n, p in enumerate(viewer.pictures) if p.plane.axis == viewer.axis]
    panels, ncols = len(shown), min(ncols, len(indices))
    nrows = -(-len(indices) // ncols)
    titles_of_all = headings(viewer, indices, shown)
    top = LINE * max(text.count("\n") + 1 for titles in titles_of_all for text in titles)
    width, high = sheet(viewer.pictures[shown[0]].ax, ncols * panels)
    height = high + top
    fig = plt.figure(figsize=(width, nrows * height))
    for number, (index, titles) in enumerate(zip(indices, titles_of_all, strict=True)):
        first = number // ncols * ncols * panels + number % ncols * panels + 1
        for place, (panel, heading) in enumerate(zip(shown, titles, strict=True)):
            ax = fig.add_subplot(nrows, ncols * panels, first + place)
            draw_tile(viewer, panel, index, ax)
            ax.set_title(heading, fontsize="small", pad=3)
    fig.subplots_adjust(0.01, 0.01, 0.99, 1 - top / (nrows * height), 0.03, top / high * 1.2)
    return fig


def draw_tile(viewer: SliceViewer, panel: int, index: int, ax: Axes) -> None:
    """Draw a slice as one panel of a viewer shows it, with its layers."""
    under = viewer.pictures[panel]
    plane = replace(under.plane, index=index)
    picture = under.on(ax, plane)
    for layer in viewer.layers:
        if getattr(layer, "picture", None) is under:
            layer.on(picture, plane)
    ax.set_axis_off()


def headings(viewer: SliceViewer, indices: Sequence[int], panels: Sequence[int]) -> list[list[str]]:
    """Return the titles that slices have in the viewer, one for each of some panels."""
    titles = []
    with on_another_canvas(viewer):
        for viewer.index in indices:
            titles.append([viewer.heading(panel) for panel in panels])
    return titles


def sheet(ax: Axes, columns: int) -> tuple[float, float]:
    """Return how wide a sheet with so many columns is, and how high its pictures, in inches."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    aspect = ax.get_aspect()
    high = abs(top - bottom) / abs(right - left) * (1 if aspect == "auto" else float(aspect))
    width = plt.rcParams["figure.figsize"][0] * 1.25
    return width, width / columns * high


def chosen(viewer: SliceViewer, slices: int | Sequence[int]) -> list[int]:
    """Return the middles of so many equal parts of all slices, or the indices given."""
    asked = np.asarray(slices)
    if asked.ndim > 1 or asked.dtype.kind not in "iu":
        raise TypeError(
            f"slices must be a whole number or a list of indices, got {told(slices)}; "
            "a mask becomes a list by np.flatnonzero"
        )
    if asked.ndim == 1:
        return [check_index(index, viewer.count, viewer.axis) for index in asked]
    number = min(int(asked), viewer.count)
    if number < 1:
        raise ValueError(f"slices must be 1 or more, got {slices}")
    return [(2 * part + 1) * viewer.count // (2 * number) for part in range(number)]
