"""Which values are black and which are white, and how to change that while looking."""

from collections.abc import Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np
from matplotlib.colors import BoundaryNorm, LogNorm, NoNorm

from slicekit.complaint import told
from slicekit.intensity import beyond, intensity_range
from slicekit.picture import Picture, check_limits, is_gone, limits_for
from slicekit.plane import Plane
from slicekit.sizes import numbers


def limits(clim: Any, volumes: Sequence[Any], axis: int, norm: Any) -> list[dict[str, Any]]:
    """Return the keywords of `Picture` that give each volume the limits wanted.

    Parameters
    ----------
    clim : "volume", "slice", "shared", pair or None
        As in `slicekit.view`.
    volumes : sequence of Volume
        What is shown.
    axis : int
        The axis held fixed.
    norm : Normalize, str or None
        On a logarithmic one only values above zero count.

    Raises
    ------
    ValueError
        If ``clim`` is none of these.
    """
    above = 0 if str(norm) == "log" or isinstance(norm, LogNorm) else -np.inf
    if clim is None or (isinstance(clim, str) and clim in ("volume", "slice")):
        return [{} for _ in volumes]  # what "slice" wants comes with each slice
    if isinstance(clim, str) and clim == "shared":
        ranges = [intensity_range(volume.some_planes(axis), above) for volume in volumes]
        low, high = min(low for low, _ in ranges), max(high for _, high in ranges)
        return [{"vmin": low, "vmax": high} for _ in volumes]
    shape: Any = None
    with suppress(ValueError):  # NumPy refuses lists of several lengths
        shape = np.shape(clim)
    if isinstance(clim, str) or shape not in ((2,), (len(volumes), 2)):
        raise ValueError(
            f"clim must be 'volume', 'slice', 'shared', or a pair such as (0, 255) "
            f"or ('1%', '99%'), or one for each volume; got {told(clim)}"
        )
    pairs = clim if np.ndim(clim) == 2 else [clim] * len(volumes)
    ends = (_ends(pair, v, axis, above) for pair, v in zip(pairs, volumes, strict=True))
    return [dict(zip(("vmin", "vmax"), pair, strict=True)) for pair in ends]


def _ends(pair: Any, volume: Any, axis: int, above: float) -> list[Any]:
    """Return two limits: each itself if it is a number, else that percentile of the volume."""
    percents = [_percent(end) if isinstance(end, str) else None for end in pair]
    if percents == [None, None]:
        return list(pair)
    planes = [np.ma.compressed(plane) for plane in volume.some_planes(axis)]
    values = np.concatenate(planes).astype(float)
    values = values[np.isfinite(values) & (values > above)]
    ends: list[Any] = [
        end if percent is None else float(np.percentile(values, percent)) if values.size else None
        for end, percent in zip(pair, percents, strict=True)
    ]
    if None not in (*percents, *ends):
        ends[1] = beyond(*ends)  # of a sparse volume most percentiles are the same
    return ends


def _percent(end: str) -> float:
    with suppress(ValueError):
        percent = float(end.removesuffix("%"))
        if 0 <= percent <= 100:
            return percent
    raise ValueError(f"a limit must be a number or a percentile, '0%' to '100%', got {told(end)}")


def share(pictures: Sequence[Picture]) -> None:
    """Give pictures one norm, so that a change of contrast is one for all."""
    for picture in pictures[1:]:
        picture.im.set_norm(pictures[0].im.norm)


class EachSlice:
    """Gives a picture the limits of every slice by itself."""

    def __init__(self, picture: Picture) -> None:
        self.picture = picture
        picture.im.set_norm(deepcopy(picture.im.norm))  # other panels may have had the same

    def show(self, plane: Plane) -> None:
        """Take the limits of the slice on show."""
        im: Any = self.picture.im
        if not is_gone(im):  # or its colour bar fails, which is gone as well
            im.norm.autoscale(limits_for(im.norm, lambda: [im.get_array()]))

    def on(self, picture: Picture, plane: Plane) -> "EachSlice":
        """Give another picture the limits of its slice."""
        other = EachSlice(picture)
        other.show(plane)
        return other


def adjust(norm: Any, brighter: float = 0.0, wider: float = 1.0) -> None:
    """Move both limits, or draw them apart; not to where the norm could show nothing.

    Parameters
    ----------
    norm : Normalize
        Anything between black and white; one without a way back is left alone.
    brighter : float
        By which part of their distance both limits go down; default: 0.
    wider : float
        By which factor their distance grows; default: 1.
    """
    change = numbers([brighter, wider])
    if change.shape != (2,) or not (np.isfinite(change).all() and wider > 0):
        given = f"got {told(brighter)} and {told(wider)}"
        raise ValueError(f"brighter must be a finite number, and wider one above zero, {given}")
    if isinstance(norm, BoundaryNorm | NoNorm):
        return
    ends = 0.5 + np.array([-0.5, 0.5]) * wider - brighter
    before = norm.vmin, norm.vmax
    with norm.callbacks.blocked(), np.errstate(all="ignore"):
        new = np.array(norm.inverse(ends), dtype=float)
        if not np.isfinite(new).all():  # a TwoSlopeNorm knows nothing beyond its ends
            new = norm.vmin + ends * (norm.vmax - norm.vmin)
        set_limits(norm, *new.tolist())
        try:
            check_limits(norm)
        except ValueError:  # beyond all numbers, or below zero where there are logarithms
            set_limits(norm, *before)
    norm.callbacks.process("changed")


def set_limits(norm: Any, low: float | None, high: float | None) -> None:
    """Set both limits at once; a colour bar never sees one without the other."""
    with norm.callbacks.blocked():
        norm.vmin, norm.vmax = low, high
    norm.callbacks.process("changed")


def adjust_all(viewer: Any, brighter: float = 0.0, wider: float = 1.0) -> None:
    """Make all panels brighter, or their limits lie wider apart; see `contrast.adjust`."""
    pictures = [picture for picture in viewer.pictures if not is_gone(picture.im)]
    for norm in {id(p.im.norm): p.im.norm for p in pictures}.values():
        remember(viewer, norm)
        adjust(norm, brighter, wider)
    viewer.fig.canvas.draw_idle()


def remember(viewer: Any, norm: Any) -> None:
    """Note the limits of a norm that is about to be changed by keys or mouse."""
    if not any(norm is known for known, _, _ in viewer.limits_before):
        viewer.limits_before.append((norm, norm.vmin, norm.vmax))


def reset_contrast(viewer: Any) -> None:
    """Go back to the limits before keys and mouse changed them."""
    for known in viewer.limits_before:
        set_limits(*known)
    viewer.limits_before = []
    viewer.refresh()


def add_colour_bars(viewer: Any) -> None:
    """Add a colour bar beside each panel, or one for all that share their limits."""
    norms: dict[int, list[Picture]] = {}
    for picture in viewer.pictures:
        low, high = picture.im.get_clim()
        if max(-low, high) > 1e300:  # the ends of its axis would be beyond all numbers
            raise ValueError(f"no colour bar can show {low:g} to {high:g}; divide the values first")
        norms.setdefault(id(picture.im.norm), []).append(picture)
    for pictures in norms.values():
        axes = [picture.ax for picture in pictures]
        viewer.fig.colorbar(pictures[0].im, ax=axes if axes[1:] else axes[0])
