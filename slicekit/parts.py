"""The parts that axes draw, in Matplotlib's order: what is around a slice, and what is over it."""

from collections.abc import Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.text import Text


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


def marks(artist: Artist) -> list[Artist]:
    """Return the marks and the grid of an axis, as far as they are visible; else nothing."""
    if not isinstance(artist, Axis):
        return []
    lines = [line for t in ticks(artist) for line in (t.gridline, t.tick1line, t.tick2line)]
    return [line for line in lines if line.get_visible()]


class Drawn:
    """What an artist asks a renderer to draw; can be drawn again, as long as it looks the same.

    Matplotlib works out each time anew which lines with which colours and widths these are.
    """

    def __init__(self, artist: Artist, renderer: Any) -> None:
        self._paths: list[Any] = []
        renderer.draw_path = lambda *path: self._paths.append(path)
        try:
            artist.draw(renderer)
        finally:
            del renderer.draw_path  # the method of its class is back

    def draw(self, renderer: Any) -> None:
        """Draw it."""
        for path in self._paths:
            renderer.draw_path(*path)


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


def boxes_of(artists: Iterable[Artist], renderer: Any) -> list[Any]:
    """Return where artists draw, the words of an axis one by one."""
    pieces = [piece for artist in artists for piece in words(artist)]
    boxes = [piece.get_tightbbox(renderer) for piece in pieces if piece.get_visible()]
    # of words that are empty the box is, too, and overlaps with everything
    return [box for box in boxes if box and box.width > 0]


def overlap(some: list[Any], others: list[Any]) -> bool:
    """Tell whether any box among some overlaps with any among others."""
    a, b = (np.reshape([box.extents for box in boxes], (-1, 4)) for boxes in (some, others))
    low, high = np.maximum(a[:, None, :2], b[:, :2]), np.minimum(a[:, None, 2:], b[:, 2:])
    return bool(np.any(np.all(low <= high, axis=-1)))


def is_clipped(artist: Artist) -> bool:
    """Tell whether an artist draws within its axes only."""
    return artist.get_clip_on() and bool(artist.get_clip_box() or artist.get_clip_path())


def still_parts(fig: Figure, moving: list[Axes]) -> list[Artist]:
    """Return all that does not change with a slice, in the order in which it is drawn."""
    still: list[Artist] = [fig.patch]
    for child in by_zorder(fig.get_children()):
        if child in moving:
            still += frame(child)
        elif child is not fig.patch:
            still.append(child)
    return still


def place_and_limits(ax: Axes) -> list[Any]:
    """Return what decides where axes lie, and what part of their slices is in view."""
    # with a locator its place is known only to that; without, it follows from the rest
    place = ax.get_position(original=ax.get_axes_locator() is None).bounds
    shape = ax.get_aspect(), ax.get_anchor(), ax.get_adjustable(), ax.get_box_aspect()
    seen = ax.get_visible(), ax.get_animated(), ax.get_agg_filter(), *ax.child_axes
    return [*place, *shape, *ax.get_xlim(), *ax.get_ylim(), *seen]
