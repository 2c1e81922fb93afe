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
from matplotlib.colors import ListedColormap, Normalize, to_rgba
from matplotlib.pyplot import get_cmap

from slicekit.complaint import naming, told
from slicekit.picture import Picture, is_gone, whole_range
from slicekit.places import pixels, to_axes
from slicekit.plane import Plane
from slicekit.sources import Series, Source
from slicekit.volume import Volume, numbers

LABEL_COLOURS = [tuple(colour) for colour in get_cmap("tab10")(range(10))]


class LabelNorm(Normalize):
    """Give labels 1, 2, 3, ... the colours of a map in turn, and begin again after the last.

    So a label has the same colour on every slice of every volume.
    """

    def __init__(self, count: int) -> None:
        super().__init__(0.5, count + 0.5)
        self.count = count

    def __call__(self, value: Any, clip: bool | None = None) -> Any:
        """Return where on the map each label lies, from 0 to 1."""
        labels: Any = np.ma.asarray(value).round()
        return super().__call__((labels - 1) % self.count + 1, clip)


def is_labels(image: np.ndarray) -> bool:
    """Return whether the values name regions, and are not amounts of something."""
    return image.dtype.kind in "biu"


def overlay_colours(image: np.ndarray, number: int, color: Any = None) -> dict[str, Any]:
    """Return the colour map and norm of labels; masks differ from one overlay to the next."""
    if color is not None:
        with naming({"color": color}):
            colours = [to_rgba(color)]
    elif image.dtype == bool:
        colours = [LABEL_COLOURS[number % 10]]
    elif is_labels(image):
        colours = LABEL_COLOURS
    else:
        return {"cmap": "inferno"}
    return {"cmap": ListedColormap(colours), "norm": LabelNorm(len(colours))}


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
            stacklevel=5,
        )
    return volume


def laid_over(pictures: Sequence[Picture], source: Source) -> list[tuple[Picture, Any]]:
    """Return each picture with the source as a volume, which goes over, or beside, its own."""
    under = {id(picture.volume): picture.volume for picture in pictures}
    over = {key: beside(volume, source) for key, volume in under.items()}
    return [(picture, over[id(picture.volume)]) for picture in pictures]


def most_apart(a: Any, b: Any, shape: Sequence[int]) -> float:
    """Return how far apart two affines put a voxel of a volume at most, in mm; 0 if unknown."""
    if a is None or b is None:
        return 0.0
    corners = np.indices((2, 2, 2)).reshape(3, -1).T * np.subtract(shape, 1)
    apart: np.ndarray = np.subtract(a, b)[:3] @ np.insert(corners, 3, 1, axis=1).T
    return float(np.linalg.norm(apart, axis=0).max())


class Overlay:
    """A second volume over the picture, seen through where it is zero, NaN or masked.

    Parameters
    ----------
    picture : Picture
        What lies under it.
    volume : Volume
        Of the same shape as the picture's volume.
    plane : Plane
        The slice to begin with.
    alpha : float
        From 0, invisible, to 1, opaque; default: 0.5.
    hide_zero : bool
        Whether zero is transparent; default: True.
    norm, vmin, vmax
        As in ``imshow``; default: linear between the limits of the whole volume.
    **imshow
        Further keywords of ``imshow``.
    """

    def __init__(
        self,
        picture: Picture,
        volume: Any,
        plane: Plane,
        *,
        alpha: float = 0.5,
        hide_zero: bool = True,
        norm: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        **imshow: Any,
    ) -> None:
        self.picture, self.volume, self._imshow = picture, volume, imshow
        norm = whole_range(volume, plane.axis, norm, vmin, vmax)
        place = {"origin": picture.im.origin, "extent": picture.im.get_extent()}
        options = place | {"interpolation": "nearest", "interpolation_stage": "data"} | imshow
        options["aspect"] = picture.ax.get_aspect()  # imshow sets it, and it is set already
        self._labels, self._hide_zero = isinstance(norm, LabelNorm), hide_zero
        image = see_through(plane.of(volume), self._labels, hide_zero)
        with naming({"alpha": alpha, **imshow}):
            self.im = picture.ax.imshow(image, norm=norm, alpha=alpha, **options)
        self.im.mouseover = False  # the readout tells the picture's own value

    @property
    def visible(self) -> bool:
        """Whether it is on show."""
        return bool(self.im.get_visible())

    @visible.setter
    def visible(self, visible: bool) -> None:
        self.im.set_visible(visible)

    def show(self, plane: Plane) -> None:
        """Show another slice, where the picture shows its own; nothing if it cannot be read."""
        try:
            self.im.set_data(see_through(plane.of(self.volume), self._labels, self._hide_zero))
        except BaseException:  # Ctrl-C, too: what lay over the last slice would be wrong
            self.im.set_data(np.ma.array([[0]], mask=True))
            raise
        if not is_gone(self.im):
            self.im.set_extent(self.picture.im.get_extent())

    def on(self, picture: Picture, plane: Plane) -> Self:
        """Show another slice of it in the same way, over another picture."""
        options = {**self._imshow, "alpha": self.im.get_alpha(), "cmap": self.im.get_cmap()}
        options |= {"norm": self.im.norm, "hide_zero": self._hide_zero}
        other = type(self)(picture, self.volume, plane, **options)
        other.visible = self.visible
        return other


def see_through(image: np.ndarray, labels: bool, hide_zero: bool) -> np.ndarray:
    """Mask what is NaN or infinite, and zero unless it counts; what was masked stays so."""
    image = image.astype(np.uint8) if image.dtype == bool else image
    if labels and image.dtype.itemsize > 2:
        # Matplotlib resamples as float32, which is not exact beyond 2**24
        small = np.where(image > 2**24, (image - 1) % 10_000 + 1, image)
        image = np.ma.array(small, mask=np.ma.getmaskarray(image))
    return np.ma.masked_where((image == 0) & hide_zero | ~np.isfinite(image), image)


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
    with naming({"color": color, **contour}):  # a wrong keyword fails here, and not later
        picture.ax.contour(np.eye(2), [0.5], **{"colors": ["red"], **style}).remove()

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


def as_points(points: Any) -> np.ndarray:
    """Return (N, 3) voxel indices as an array."""
    array = np.asarray(points)
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
    with naming(style):  # a wrong keyword fails here, and not later
        picture.ax.scatter([], [], **style).remove()

    def draw(picture: Picture, plane: Plane) -> None:
        there = as_points(points)
        here = there[np.floor(there[:, plane.axis] + 0.5) == plane.index]
        if len(here):
            picture.ax.scatter(*to_axes(picture.im, *pixels(plane, here)), **style)

    return Redrawn(picture, draw)
