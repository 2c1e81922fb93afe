"""The picture of one volume on one axes: its contrast, its proportions, and its slice."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from copy import deepcopy
from numbers import Real
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize

from slicekit.complaint import naming, told
from slicekit.intensity import intensity_range
from slicekit.plane import Plane
from slicekit.sizes import FLATTEST, in_bounds, numbers
from slicekit.undone import undone_if_in_vain

PIXELS = {"interpolation": "nearest", "interpolation_stage": "data"}  # no values are made up


class Picture:
    """One volume on one axes, a slice at a time.

    Parameters
    ----------
    ax : Axes
        Where to draw.
    volume : Volume
        What to draw, or anything else with ``plane``, ``some_planes`` and ``spacing``.
    plane : Plane
        The slice to begin with; later, the slice on show.
    norm, vmin, vmax
        As in ``imshow``; default: linear between the limits of the whole volume.
    **imshow
        Further keywords of ``imshow``; default: grey, nearest neighbour, and the
        aspect that the spacing gives. An aspect or extent of your own holds for the
        axis that it was given with.
    """

    def __init__(
        self,
        ax: Axes,
        volume: Any,
        plane: Plane,
        *,
        norm: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        **imshow: Any,
    ) -> None:
        self.ax, self.volume, self.plane, self._imshow = ax, volume, plane, imshow
        norm = whole_range(volume, plane.axis, norm, vmin, vmax)
        defaults: dict[str, Any] = {"cmap": "gray", **PIXELS}
        # with an extent of your own, x and y have a scale already
        is_scaled = imshow.get("extent") is not None
        defaults["aspect"] = 1 if is_scaled else plane.aspect(volume.spacing)
        image = unrounded(plane.of(volume))
        check_frame(**{name: imshow[name] for name in ("extent", "aspect") if name in imshow})
        with undone_if_in_vain([ax]), naming(imshow):
            self.title = ax.set_title("")  # in the way of the rcParams; later its words change
            self.im = ax.imshow(image, norm=norm, **(defaults | imshow))
            self.im.get_cmap()(0.5)  # one that has no colours would fail when the figure is drawn
        ax.autoscale(False)  # whatever else is drawn does not move the picture
        if plane.leftwards or plane.upwards is not None:
            ax.set(**plane.limits(self.im.get_extent()))
        self._layout = plane.axis, plane.transpose
        self._layouts: dict[Any, Any] = {
            self._layout: (tuple(self.im.get_extent()), ax.get_aspect())
        }

    def show(self, plane: Plane, image: np.ndarray | None = None) -> None:
        """Show another slice, unless it is read already; keep zoom and pan as the axis stays."""
        self.im.set_data(unrounded(plane.of(self.volume) if image is None else image))
        self.plane = plane
        if self._layout != (plane.axis, plane.transpose) and not is_gone(self.im):
            self._layout = plane.axis, plane.transpose
            self._lay_out(plane)

    def on(self, ax: Axes, plane: Plane) -> Self:
        """Show another slice in the same way, on other axes."""
        now = {"cmap": self.im.get_cmap(), "extent": self.im.get_extent()}
        other = type(self)(ax, self.volume, plane, norm=self.im.norm, **{**self._imshow, **now})
        ax.set(xlim=self.ax.get_xlim(), ylim=self.ax.get_ylim(), aspect=self.ax.get_aspect())
        return other

    def _lay_out(self, plane: Plane) -> None:
        rows, columns = self.im.get_size()
        up, down = (-0.5, rows - 0.5)[:: 1 if self.im.origin == "lower" else -1]
        pixels = (-0.5, columns - 0.5, up, down), plane.aspect(self.volume.spacing)
        extent, aspect = self._layouts.get(self._layout, pixels)
        self.im.set_extent(extent)
        self.ax.set(aspect=aspect, **plane.limits(extent))
        toolbar = self.ax.figure.canvas.toolbar
        if toolbar is not None:
            toolbar.update()  # or its home button brings back the limits of the other axis


def check_frame(extent: Any = None, aspect: Any = None) -> None:
    """Refuse a frame in which a picture would have no width, or no height."""
    ends = numbers((0, 1, 0, 1) if extent is None else extent)
    if ends.shape != (4,) or not in_bounds(np.abs([ends[1] - ends[0], ends[3] - ends[2]])):
        raise ValueError(
            "extent must be left, right, bottom and top, four numbers with room between them, "
            f"got {told(extent)}; leave it out for voxels"
        )
    if isinstance(aspect, Real) and not 1 / FLATTEST <= float(aspect) <= FLATTEST:
        raise ValueError(
            f"aspect must be from {1 / FLATTEST:g} to {FLATTEST:g}, got {told(aspect)}; "
            "leave it out for that of the voxels"
        )


def unrounded(image: np.ndarray) -> np.ndarray:
    """Return an image that Matplotlib does not round: it takes whole numbers for float32."""
    whole = image.dtype.kind in "iu" and image.dtype.itemsize > 2
    large = whole and (image.max() > 2**24 or image.min() < -(2**24))
    return image.astype(float) if large else image


def is_gone(artist: Any) -> bool:
    """Tell whether somebody has taken an artist off its axes, or these off their figure."""
    return artist.axes is None or artist.axes.figure is None


def whole_range(volume: Any, axis: int, norm: Any, vmin: float | None, vmax: float | None) -> Any:
    """Return a norm whose limits, where none are given, are those of the whole volume."""
    limits = {"vmin": vmin, "vmax": vmax}
    given = {name: limit for name, limit in limits.items() if limit is not None}
    with naming({"norm": norm, **given}):
        norm = deepcopy(ScalarMappable(norm=norm).norm)  # from None, a name, or the caller's
        for name, limit in given.items():
            setattr(norm, name, limit)
    if not norm.scaled():
        norm.autoscale_None(limits_for(norm, lambda: volume.some_planes(axis)))
    check_limits(norm, given)
    return norm


def check_limits(norm: Any, given: Iterable[str] = ()) -> None:
    """Refuse a norm that would fail when the figure is drawn, or show nothing."""
    low, high = norm.vmin, norm.vmax
    if not (low < high and np.isfinite([low, high]).all()):
        cure = "for black and white the other way round, take cmap='gray_r'"
        if len({*given}) == 1:
            cure = "give both of them, since the other one is the volume's own"
        raise ValueError(
            f"limits must be two finite numbers, the lower one first, got vmin={low} and "
            f"vmax={high}; {cure}"
        )
    used = {"norm": type(norm).__name__, "vmin": low, "vmax": high}
    with naming(used), np.errstate(all="ignore"):
        if not np.isfinite(norm([low, high])).all():  # a logarithm, for one, has no zero
            raise ValueError("no grey comes of them; take others")
        with suppress(ValueError, NotImplementedError):  # so say those without a way back
            norm.inverse(0.5)  # a colour bar asks for it, and so do keys


def limits_for(norm: Any, images: Callable[[], Iterable[np.ndarray]]) -> tuple[float, ...]:
    """Return the limits of images; for a norm that is not linear also those above zero."""
    limits = intensity_range(images())
    if type(norm) is Normalize:
        return limits
    return limits + intensity_range(images(), above=0)  # where a logarithm begins
