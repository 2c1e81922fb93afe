"""The quick way to the next picture: only what changes with a slice, over a kept backdrop."""

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.spines import Spine

from slicekit.letters import Letters, place_of
from slicekit.lookup import LookUp, look_up
from slicekit.parts import by_zorder, frame, inside, marks, titles_of, words


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
        self._backdrop: Any = None
        self._layout: list[Any] = []
        self._parts: list[Artist] = []
        self._marks: dict[Artist, list[Artist]] = {}
        self._images: dict[Artist, LookUp] = {}
        self._titles: dict[Artist, Letters] = {}
        self._rims: dict[Artist, list[Any]] = {}
        self._touched: list[Any] = [...]

    def is_worth_a_try(self) -> bool:
        """Tell whether there may be a quick way that has not been tried in vain."""
        layout = self._look()
        if layout != self._in_vain and not self._can_be_parted():
            self._in_vain = layout
        return layout != self._in_vain

    def learn(self) -> bool:
        """Draw the backdrop; keep it if with the slices over it all is as Matplotlib drew it."""
        if self.fig.stale or not self.is_worth_a_try():
            return False
        layout = self._look()
        drawn = self._pixels().copy()
        self._prepare()
        renderer = self.canvas.get_renderer()
        renderer.clear()
        for artist in self._still():
            for piece in [*marks(artist), *words(artist)]:
                if piece not in self._marks.get(artist, ()):
                    piece.draw(renderer)
        self._backdrop, self._layout = self._pixels().copy(), layout
        self._parts = [part for artist in self._still() for part in artist.findobj()]
        self._parts += [artist for artist in self._rims if isinstance(artist, Spine)]
        for part in self._parts:
            part.stale = False  # some are never drawn, and would stay stale for ever
        self.paint(exactly=True)
        if not np.array_equal(drawn, self._pixels()):
            self.forget()
            self._in_vain = layout
            self._pixels()[:] = drawn
        return self._backdrop is not None

    def paint(self, *, exactly: bool = True) -> bool:
        """Draw the slices over the backdrop; return False, and draw nothing, if that is not all.

        If not exactly, images with more voxels than the screen has pixels show the nearest
        ones, whatever their interpolation is; ``in_haste`` tells whether there are such.
        """
        if self._backdrop is None or self._layout != self._look():
            return False
        artists = [artist for ax in by_zorder(self._axes()) for artist in inside(ax)]
        # what is animated is drawn by somebody else, over a picture that he has kept
        if any(part.stale for part in self._parts) or any(a.get_animated() for a in artists):
            return False
        # titles move up when there is something below them, but in a full drawing only
        if not all(title.stands() for title in self._titles.values()):
            return False
        pixels = self._pixels()
        for place in self._touched:
            pixels[place] = self._backdrop[place]
        self._touched = [place for a in artists for place in self._draw(a, pixels, exactly)]
        for ax in self._axes():
            ax.stale = False
        self.fig.stale = False
        self.in_haste = not exactly and not all(im.is_exact for im in self._images.values())
        return True

    def _draw(self, artist: Artist, pixels: np.ndarray, exactly: bool) -> list[Any]:
        """Draw one artist in the quickest way; return which pixels are others than before."""
        if artist in self._titles:
            return self._titles[artist].draw(pixels)
        image = self._images.get(artist)
        if image and image.holds() and (image.is_exact or not exactly):
            return image.draw(pixels)
        for part in self._marks.get(artist, [artist]):
            part.draw(self._layout[0])
        return self._rims.get(artist, [...])

    def _prepare(self) -> None:
        """Look up the voxels of images, and find the marks of ticks that show over a slice."""
        renderer = self.canvas.get_renderer()
        for ax in self._axes():
            found = [look_up(im, renderer) for im in ax.images]
            self._images |= {image.im: image for image in found if image}
            self._titles |= {text: Letters(text, renderer) for text in titles_of(ax)}
            place = found[0].place if found and found[0] else place_of(ax.bbox, renderer.height)
            spines = [child for child in inside(ax) if isinstance(child, Spine)]
            for axis in (ax.xaxis, ax.yaxis):
                # most reach a pixel into the slice, where the spines cover them
                shown = self._drawn([*marks(axis), *spines], place)
                covered = np.array_equal(shown, self._drawn(spines, place))
                self._marks[axis] = [] if covered else marks(axis)
                self._rims[axis] = [] if covered else [...]
            for spine in spines:
                width = spine.get_linewidth() * self.fig.dpi / 72
                box = spine.get_window_extent(renderer).padded(width)
                self._rims[spine] = [place_of(box, renderer.height)]

    def _drawn(self, artists: Iterable[Artist], place: Any) -> np.ndarray:
        """Draw artists on a canvas that is wiped for that; return the pixels of a part of it."""
        self.canvas.get_renderer().clear()
        for artist in artists:
            artist.draw(self.canvas.get_renderer())
        pixels: np.ndarray = self._pixels()[place].copy()
        return pixels

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

    def _look(self) -> list[Any]:
        """Return what has to be as it was when the backdrop was drawn."""
        # a figure saved or resized has another renderer, and nothing on it yet
        axes = [ax for ax in self._axes() if ax in self.fig.axes]
        return [
            self.canvas.get_renderer(),
            self.fig.get_layout_engine(),
            *self._still(),
            *(part for ax in axes for part in place_and_limits(ax)),
        ]


def place_and_limits(ax: Axes) -> list[Any]:
    """Return what decides where axes lie, and what part of their slices is in view."""
    # with a locator its place is known only to that; without, it follows from the rest
    place = ax.get_position(original=ax.get_axes_locator() is None).bounds
    shape = ax.get_aspect(), ax.get_anchor(), ax.get_adjustable(), ax.get_box_aspect()
    return [*place, *shape, *ax.get_xlim(), *ax.get_ylim(), ax.get_visible()]
