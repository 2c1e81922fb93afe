"""The quick way to the next picture: only what changes with a slice, over a kept backdrop."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text


class Painter:
    """Draws a figure whose slices have changed as Matplotlib would, in a fifth of the time.

    All that stays the same, most of all the words at the ticks, is drawn once and kept.
    Whether the picture so made is Matplotlib's own is not assumed but looked at, each
    time Matplotlib has drawn the figure in full. There is no ``draw_event``.

    Parameters
    ----------
    canvas : FigureCanvasAgg
        Of the figure, which is drawn on it.
    axes : function
        Returns the axes in which slices change.
    """

    def __init__(self, canvas: Any, axes: Callable[[], list[Axes]]) -> None:
        self.canvas, self.fig, self._axes = canvas, canvas.figure, axes
        self.forget()

    def forget(self, *_: Any) -> None:
        """Drop the backdrop; to be called when the figure has been drawn in full."""
        self._backdrop: Any = None
        self._layout: tuple[Any, ...] = ()
        self._parts: list[Artist] = []
        self._marks: dict[Artist, list[Artist]] = {}
        self._tried = False

    def learn(self) -> bool:
        """Draw the backdrop; keep it if with the slices over it all is as Matplotlib drew it."""
        if self._tried or self.fig.stale or not self._can_be_parted():
            return False
        self._tried = True
        drawn, pixels = self.canvas.copy_from_bbox(self.fig.bbox), np.array(self._pixels())
        self.canvas.get_renderer().clear()
        for artist in self._still():
            draw(self.fig, words(artist))
        # a tick may reach a pixel into the picture, so its mark is drawn with each slice
        self._marks = {axis: marks(axis) for ax in self._axes() for axis in (ax.xaxis, ax.yaxis)}
        self._backdrop, self._layout = self.canvas.copy_from_bbox(self.fig.bbox), self._look()
        self._parts = [part for artist in self._still() for part in artist.findobj()]
        for part in self._parts:
            part.stale = False  # some are never drawn, and would stay stale for ever
        self.paint()
        if not np.array_equal(pixels, self._pixels()):
            self.forget()
            self._tried = True
            self.canvas.restore_region(drawn)
        return self._backdrop is not None

    def paint(self) -> bool:
        """Draw the slices over the backdrop; return False, and draw nothing, if that is not all."""
        if self._backdrop is None or self._layout != self._look():
            return False
        if any(part.stale for part in self._parts):
            return False
        self.canvas.restore_region(self._backdrop)
        for ax in by_zorder(self._axes()):
            for artist in inside(ax):
                draw(self.fig, self._marks.get(artist, [artist]))
            ax.stale = False
        self.fig.stale = False
        return True

    def _pixels(self) -> np.ndarray:
        return np.asarray(self.canvas.buffer_rgba())

    def _still(self) -> list[Artist]:
        """Return all that does not change with a slice, in the order in which it is drawn."""
        moving = self._axes()
        still: list[Artist] = [self.fig.patch]
        for child in by_zorder(self.fig.get_children()):
            if child in moving:
                still += frame(child)
            elif child is not self.fig.patch:
                still.append(child)
        return still

    def _can_be_parted(self) -> bool:
        """Tell whether the slices lie over all the rest, and nothing moves when they change."""
        if self.fig.get_layout_engine() or not {*self._axes()} <= {*self.fig.get_children()}:
            return False
        renderer = self.canvas.get_renderer()
        backgrounds = {self.fig.patch, *(ax.patch for ax in self._axes())}
        pieces = [piece for artist in self._still() for piece in words(artist)]
        boxes = [
            p.get_tightbbox(renderer) for p in pieces if p.get_visible() and p not in backgrounds
        ]
        # of words that are empty the box is, too, and overlaps with everything
        return not any(
            ax.bbox.overlaps(box) for ax in self._axes() for box in boxes if box and box.width > 0
        )

    def _look(self) -> tuple[Any, ...]:
        """Return what has to be as it was when the backdrop was drawn."""
        # a figure saved or resized has another renderer, and nothing on it yet
        renderer, still = self.canvas.get_renderer(), self._still()
        axes = [ax for ax in self._axes() if ax in self.fig.axes]
        places = [
            (*ax.get_position().bounds, *ax.get_xlim(), *ax.get_ylim(), ax.get_visible())
            for ax in axes
        ]
        # titles move up when there is something below them, but in a full drawing only
        titles = [title.get_window_extent(renderer).y0 for ax in axes for title in titles_of(ax)]
        return renderer, self.fig.get_layout_engine(), still, places, titles


def by_zorder(artists: Iterable[Any]) -> list[Any]:
    """Return artists in the order in which Matplotlib draws them."""
    return sorted(artists, key=lambda artist: artist.get_zorder())


def titles_of(ax: Axes) -> list[Any]:
    """Return the three titles of an axes, which lie among its texts."""
    return [text for text in ax.get_children() if isinstance(text, Text) and text not in ax.texts]


def frame(ax: Axes) -> list[Artist]:
    """Return what an axes draws around its slices."""
    if not (ax.get_visible() and ax.axison):
        return []
    return [*([ax.patch] if ax.get_frame_on() else []), ax.xaxis, ax.yaxis]


def words(artist: Artist) -> list[Artist]:
    """Return what an axis writes; of all other artists, themselves."""
    if not isinstance(artist, Axis):
        return [artist]
    labels = [label for tick in ticks(artist) for label in (tick.label1, tick.label2)]
    return [*labels, artist.get_label(), artist.get_offset_text()]


def marks(axis: Axis) -> list[Artist]:
    """Return the marks and the grid of an axis, as far as they are visible."""
    lines = [line for t in ticks(axis) for line in (t.gridline, t.tick1line, t.tick2line)]
    return [line for line in lines if line.get_visible()]


def inside(ax: Axes) -> list[Artist]:
    """Return what an axes draws besides: images, layers and titles, spines and ticks over them."""
    if not ax.get_visible():
        return []
    unframed = ax.spines.values() if ax.patch not in frame(ax) else ()
    hidden = {ax.patch, *unframed, *(() if ax.axison else (ax.xaxis, ax.yaxis))}
    return by_zorder(child for child in ax.get_children() if child not in hidden)


def ticks(axis: Axis) -> list[Any]:
    """Return the ticks in view."""
    low, high = sorted(axis.get_view_interval())
    all_of_them = [*axis.get_major_ticks(), *axis.get_minor_ticks()]
    return [tick for tick in all_of_them if low <= tick.get_loc() <= high]


def draw(fig: Figure, artists: Iterable[Artist]) -> None:
    """Draw artists as they are, one after the other."""
    for artist in artists:
        if not artist.get_animated():
            fig.draw_artist(artist)
