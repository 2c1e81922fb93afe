"""The quick way to the next picture: only what changes with a slice, over a kept backdrop."""

from collections.abc import Callable, Iterable
from itertools import chain, combinations
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.spines import Spine

from slicekit import parts
from slicekit.letters import Letters, place_of
from slicekit.lookup import LookUp, look_up


class Painter:
    """Draws a figure whose slices have changed as Matplotlib would, in a fraction of the time.

    All that stays the same, most of all the words at the ticks, is drawn once and kept;
    the pixels of slices are looked up, and their titles made of kept letters. Whether the
    picture so made is Matplotlib's own is not assumed but looked at, each time Matplotlib
    has drawn the figure in full. There is no ``draw_event``.

    Parameters
    ----------
    canvas : FigureCanvasAgg
        Of the figure, which is drawn on it.
    axes : function
        Returns the axes in which slices change.
    """

    def __init__(self, canvas: Any, axes: Callable[[], list[Axes]]) -> None:
        self.canvas, self.fig, self._axes = canvas, canvas.figure, axes
        self._in_vain: list[Any] = []
        self.forget()

    def forget(self, *_: Any) -> None:
        """Drop the backdrop; to be called when the figure has been drawn in full."""
        self.in_haste = False
        self.backdrop: Any = None
        self._layout: list[Any] = []
        self._marks: dict[Artist, list[Any]] = {}
        self._images: dict[Artist, LookUp] = {}
        self._titles: dict[Artist, Letters] = {}
        self._rims: dict[Artist, list[Any]] = {}
        self._touched: list[Any] = [...]

    def is_worth_a_try(self) -> bool:
        """Tell whether there may be a quick way that has not been tried in vain."""
        return not self.fig.get_layout_engine() and self._look() != self._in_vain

    def give_up(self) -> None:
        """Try no more, as long as the figure looks as it does."""
        self._in_vain = self._look()

    def learn(self) -> bool:
        """Draw the backdrop; keep it if with the slices over it all is as Matplotlib drew it."""
        if self.fig.stale or not self.is_worth_a_try():
            return False
        if not self._can_be_parted():
            self.give_up()
            return False
        layout, drawn = self._look(), self._pixels().copy()
        self._prepare()
        moving = {*chain(*self._marks.values())}
        pieces = [p for a in self._still() for p in (*parts.marks(a), *parts.words(a))]
        self.backdrop, self._layout = self._drawn(p for p in pieces if p not in moving), layout
        self._parts: list[Artist] = [part for artist in self._still() for part in artist.findobj()]
        self._parts += [artist for artist in self._rims if isinstance(artist, Spine)]
        for part in self._parts:
            part.stale = False  # some are never drawn, and would stay stale for ever
        self.paint()
        if not np.array_equal(drawn, self._pixels()):
            self.forget()
            self._in_vain = layout
            self._pixels()[:] = drawn
        return self.backdrop is not None

    def paint(self, *, exactly: bool = True) -> bool:
        """Draw the slices over the backdrop; return False, and draw nothing, if that is not all.

        If not exactly, images with more voxels than the screen has pixels show the nearest
        ones, whatever their interpolation is; ``in_haste`` tells whether there are such.
        """
        if self._layout != self._look():
            return False
        artists = [artist for ax in parts.by_zorder(self._axes()) for artist in parts.inside(ax)]
        if any(part.stale for part in self._parts) or not self._keep_apart(artists):
            return False
        images = {a: self._images[a] for a in artists if a in self._images}
        ready = {a: im for a, im in images.items() if im.holds() and (im.is_exact or not exactly)}
        covered = [image.place for image in ready.values() if image.covers()]
        pixels = self._pixels()
        for place in self._touched:
            if place not in covered:
                pixels[place] = self.backdrop[place]
        touched = [self._draw(artist, pixels, ready.get(artist)) for artist in artists]
        self._touched = [place for places in touched for place in places]
        for ax in self._axes():
            ax.stale = False
        self.fig.stale = False
        self.in_haste = not all(image.is_exact for image in ready.values())
        return True

    def _keep_apart(self, artists: list[Artist]) -> bool:
        """Tell whether no artist reaches to where the order of drawing would matter."""
        # what is animated is drawn by somebody else, over a picture that he has kept; titles
        # move up when there is something below them, but in a full drawing only
        stand = all(title.stands() for title in self._titles.values())
        if not stand or any(artist.get_animated() for artist in artists):
            return False
        free = [a for a in artists if a not in self._known and not parts.is_clipped(a)]
        free += [text for text, title in self._titles.items() if not title.is_known()]
        boxes = [artist.get_tightbbox(self._layout[0]) for artist in free if artist.get_visible()]
        return not parts.overlap([box for box in boxes if box], self._boxes)

    def _draw(self, artist: Artist, pixels: np.ndarray, image: LookUp | None) -> list[Any]:
        """Draw one artist in the quickest way; return which pixels are others than before."""
        if artist in self._titles:
            return self._titles[artist].draw(pixels)
        if image:
            image.draw(pixels)
            return [image.place]
        for part in self._marks.get(artist, [artist]):
            part.draw(self._layout[0])
        return self._rims.get(artist, [...])

    def _prepare(self) -> None:
        """Look up the voxels of images, and find what spines and ticks draw over a slice."""
        renderer = self.canvas.get_renderer()
        marks = {a: parts.marks(a) for ax in self._axes() for a in (ax.xaxis, ax.yaxis)}
        spines = [a for ax in self._axes() for a in parts.inside(ax) if isinstance(a, Spine)]
        marked, plain = self._drawn([*chain(*marks.values()), *spines]), self._drawn(spines)
        for ax in self._axes():
            found = [look_up(im, renderer) for im in ax.images]
            self._images |= {image.im: image for image in found if image}
            self._titles |= {text: Letters(text, renderer) for text in parts.titles_of(ax)}
            place = found[0].place if found and found[0] else place_of(ax.bbox, renderer.height)
            # most reach a pixel into the slice, where the spines cover them
            covered = np.array_equal(marked[place], plain[place])
            for axis in (ax.xaxis, ax.yaxis):
                self._marks[axis], self._rims[axis] = ([], []) if covered else (marks[axis], [...])
        for spine in spines:
            width = spine.get_linewidth() * self.fig.dpi / 72
            box = spine.get_window_extent(renderer).padded(width)
            self._rims[spine] = [place_of(box, renderer.height)]
            self._marks[spine] = [parts.Drawn(spine, renderer)]
        self._known = {*self._images, *self._titles, *self._rims}

    def _drawn(self, artists: Iterable[Artist]) -> np.ndarray:
        """Draw artists on a canvas that is wiped for that; return its pixels."""
        self.canvas.get_renderer().clear()
        for artist in artists:
            artist.draw(self.canvas.get_renderer())
        return self._pixels().copy()

    def _pixels(self) -> np.ndarray:
        return np.asarray(self.canvas.buffer_rgba())

    def _still(self) -> list[Artist]:
        return parts.still_parts(self.fig, self._axes())

    def _can_be_parted(self) -> bool:
        """Tell whether the slices lie over all the rest, and nothing moves when they change."""
        if not {*self._axes()} <= {*self.fig.get_children()}:
            return False
        if any(artist.get_animated() for artist in self.fig.findobj()):
            return False
        backgrounds = {self.fig.patch, *(ax.patch for ax in self._axes())}
        lying = [artist for artist in self._still() if artist not in backgrounds]
        self._boxes = parts.boxes_of(lying, self.canvas.get_renderer())  # of what stays the same
        places = [ax.bbox.padded(-1) for ax in self._axes()]
        among = any(a.overlaps(b) for a, b in combinations(places, 2))
        return not among and not parts.overlap(places, self._boxes)

    def _look(self) -> list[Any]:
        """Return what has to be as it was when the backdrop was drawn."""
        # a figure saved or resized has another renderer, and nothing on it yet
        axes = [ax for ax in self._axes() if ax in self.fig.axes]
        return [
            self.canvas.get_renderer(),
            self.fig.get_layout_engine(),
            self.fig.get_visible(),
            *self._still(),
            *(part for ax in axes for part in parts.place_and_limits(ax)),
        ]
