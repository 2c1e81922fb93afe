"""What is drawn over the picture for one slice: overlays, outlines, points, anything else.

A layer knows only ``show(plane)``, whether it is ``visible``, and how to be drawn ``on``
another picture.
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import RendererAgg

from slicekit.complaint import naming, told
from slicekit.overlays import LABEL_COLOURS, is_labels
from slicekit.picture import Picture, is_gone
from slicekit.places import pixels, to_axes
from slicekit.plane import Plane
from slicekit.series import Series
from slicekit.sizes import numbers
from slicekit.sources import Source
from slicekit.volume import Volume


def beside(under: Any, source: Source) -> Volume | Series:
    """Return a source as a volume that goes over, or beside, another one, voxel on voxel."""
    if isinstance(under, Series) and len(source.shape) == len(under.names):
        volume: Volume | Series = replace(under, array=source.array)
    else:
        volume = Volume(source.array)
    if volume.shape != under.shape:
        raise ValueError(
            f"what lies over a volume of shape {under.shape} must have the same shape, "
            f"got {volume.shape}; resample one of them"
        )
    off = most_apart(under.affine, source.affine, under.shape)
    if off > 0.1 * min(under.spacing):
        warnings.warn(
            f"it is laid voxel on voxel, but its affine and the volume's put the same voxel up to "
            f"{off:.3g} mm apart; resample it first, such as with "
            f"nibabel.processing.resample_from_to(mask, volume, order=0)",
            stacklevel=4,
        )
    return volume


def laid_over(pictures: Sequence[Picture], source: Source) -> list[tuple[Picture, Any]]:
    """Return each picture with the source as a volume, which goes over, or beside, its own."""
    over: dict[int, Any] = {id(picture.volume): picture.volume for picture in pictures}
    for key, volume in over.items():  # a comprehension would be one caller more until Python 3.12
        over[key] = beside(volume, source)
    return [(picture, over[id(picture.volume)]) for picture in pictures]


def most_apart(a: Any, b: Any, shape: Sequence[int]) -> float:
    """Return how far apart two affines put a voxel of a volume at most, in mm; 0 if unknown."""
    if a is None or b is None:
        return 0.0
    corners = np.indices((2, 2, 2)).reshape(3, -1).T * np.subtract(shape, 1)
    apart: np.ndarray = np.subtract(a, b)[:3] @ np.insert(corners, 3, 1, axis=1).T
    return float(np.linalg.norm(apart, axis=0).max())


class Redrawn:
    """Artists that are made anew for every slice: outlines, points, whatever a function draws.

    Parameters
    ----------
    picture : Picture
        What lies under it.
    draw : function
        Called with the picture and a `Plane`. All artists that it adds to the picture's
        axes are taken away before the next slice.
    """

    def __init__(self, picture: Picture, draw: Callable[[Picture, Plane], Any]) -> None:
        self.picture, self.ax, self.draw = picture, picture.ax, draw
        self.artists: list[Artist] = []
        self._visible = True

    @property
    def visible(self) -> bool:
        """Whether it is on show."""
        return self._visible

    @visible.setter
    def visible(self, visible: bool) -> None:
        self._visible = visible
        for artist in self.artists:
            artist.set_visible(visible)

    def show(self, plane: Plane) -> None:
        """Take away what was drawn, and draw for another slice."""
        if is_gone(self.picture.im):
            return
        self._take_away(self.artists)
        there, aspect = self._all_artists(), self.ax.get_aspect()
        self.ax.set_prop_cycle(None)  # or a line has another colour each time
        try:
            self.draw(self.picture, plane)
        except BaseException:  # half of it would be of no use, and stay if this is the first time
            self._take_away([artist for artist in self._all_artists() if artist not in there])
            raise
        finally:
            self.artists = [artist for artist in self._all_artists() if artist not in there]
            self.ax.set_aspect(aspect)  # an imshow would have changed it
            self.visible = self._visible

    def on(self, picture: Picture, plane: Plane) -> Self:
        """Draw for another slice, on another picture."""
        other = type(self)(picture, self.draw)
        other.show(plane)
        other.visible = self.visible
        return other

    def _take_away(self, artists: Sequence[Artist]) -> None:
        there = self._all_artists()
        for artist in artists:
            if artist in there:  # the function's owner may have taken it away himself
                artist.remove()

    def _all_artists(self) -> list[Artist]:
        """Return what is on the axes, and the axes of the figure: there may be new ones."""
        return [*self.ax.get_children(), *self.ax.figure.axes]


def along(axis: int, function: Callable[[Any, int], Any]) -> Callable[[Picture, Plane], None]:
    """Return what calls ``function(ax, index)`` for slices along one axis, and for no others."""
    if not callable(function):
        raise TypeError(f"draw takes a function draw(ax, index), got {told(function)}")

    def draw(picture: Picture, plane: Plane) -> None:
        if plane.axis == axis:
            function(picture.ax, plane.index)

    return draw


def outlines(picture: Picture, volume: Any, levels: Any, color: Any, **contour: Any) -> Redrawn:
    """Return a layer of outlines: of each label, or of a map at some levels.

    Parameters
    ----------
    picture : Picture
        What lies under it.
    volume : Volume
        Labels or a mask, or a map of real numbers.
    levels : sequence of float or None
        Where to outline a map; default: 0.5. Labels have none.
    color : colour or None
        Default: the colours of the labels, as in an overlay; for a map the first.
    **contour
        Further keywords of ``contour``.
    """
    wanted = [0.5] if levels is None else np.ravel(numbers(levels)).tolist()
    if not wanted:
        raise ValueError(f"levels must be numbers, got {told(levels)}; leave them out for 0.5")
    style = {"linewidths": 1.5, **contour} | ({} if color is None else {"colors": [color]})
    with naming({"color": color, **contour}):
        first = {"colors": ["red"], **style}
        try_out(picture.ax, lambda: picture.ax.contour(np.eye(2), [0.5], **first))

    def draw(picture: Picture, plane: Plane) -> None:
        image = plane.of(volume)
        place = {"origin": picture.im.origin, "extent": picture.im.get_extent()}
        if levels is None and is_labels(image):
            found = np.unique(np.ma.compressed(image[image != 0]))
            regions = [(image == label, [0.5], int(label) - 1) for label in found]
        else:
            regions = [(image, wanted, 0)]
        for region, heights, number in regions:
            values = region[np.isfinite(region)]
            inside = [h for h in np.unique(heights) if np.any(values < h) and np.any(values > h)]
            if inside and min(region.shape) > 1:  # or Matplotlib warns, or refuses
                options = {"colors": [LABEL_COLOURS[number % 10]], **place, **style}
                picture.ax.contour(region, inside, **options)

    return Redrawn(picture, draw)


def try_out(ax: Axes, make: Callable[[], Artist]) -> None:
    """Draw an artist into one pixel, and take it away: a wrong keyword fails here, not later."""
    limits = ax.dataLim.frozen()
    artist = make()
    try:
        artist.draw(RendererAgg(1, 1, 100))
        max(0, artist.get_zorder())  # axes sort what they hold by it
    finally:
        artist.remove()
        ax.dataLim.set(limits)  # or what scales axes by their data makes room for it


def as_points(points: Any) -> np.ndarray:
    """Return (N, 3) voxel indices as an array."""
    try:
        array: np.ndarray = np.asarray(points)
    except ValueError:  # rows of several lengths
        array = np.asarray(points, dtype=object)
    if array.size == 0:
        return np.empty((0, 3), int)
    if array.ndim != 2 or array.shape[1] != 3 or array.dtype.kind not in "iuf":
        raise ValueError(
            f"points must be (N, 3) voxel indices, got {array.dtype} {array.shape}; "
            "one row for each point"
        )
    return array


def markers(picture: Picture, points: list[Any], **scatter: Any) -> Redrawn:
    """Return a layer that marks those points that lie on the slice.

    Parameters
    ----------
    picture : Picture
        What lies under it.
    points : list
        Voxel indices in array order; those that are added to the list later count, too.
    **scatter
        Keywords of ``scatter``; default: red crosses.
    """
    if not {"c", "color", "facecolors", "edgecolors", "facecolor", "edgecolor"} & scatter.keys():
        scatter["color"] = "red"
    style: dict[str, Any] = {"marker": "+", "s": 80, **scatter}
    with naming(style), np.errstate(invalid="raise"):  # no sign has a size below zero
        try_out(picture.ax, lambda: picture.ax.scatter(0, 0, **style))

    def draw(picture: Picture, plane: Plane) -> None:
        there = as_points(points)
        here = there[np.floor(there[:, plane.axis] + 0.5) == plane.index]
        if len(here):
            picture.ax.scatter(*to_axes(picture.im, *pixels(plane, here)), **style)

    return Redrawn(picture, draw)
