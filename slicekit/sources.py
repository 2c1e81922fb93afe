"""What can be shown: arrays of every kind, told by what they can do and not by their type.

None of the libraries that they come from is imported here.
"""

import sys
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

import numpy as np

from slicekit.ahead import Ahead
from slicekit.complaint import told
from slicekit.files import opened, read_series, told_affine
from slicekit.series import Series
from slicekit.sizes import check_affine, check_spacing, numbers, voxel_sizes
from slicekit.volume import Volume, check_whole, sides_of


@dataclass(frozen=True)
class Source:
    """An array, and what it knows of itself: names and spacing of its axes, an affine."""

    array: Any
    dims: Sequence[str] = ()
    spacing: Sequence[float] = ()
    affine: np.ndarray | None = None  # of the first three axes
    name: str = ""

    @property
    def shape(self) -> tuple[int, ...]:
        """The sides of the array, as numbers of Python's own."""
        return sides_of(self.array)


def open_source(data: Any) -> Source:
    """Return an array and what its source knows of it, without reading it.

    An array that is not in memory is read ahead; that of another viewer once more, since
    each of them ends its own reading when it closes.
    """
    source = _open(data)
    array = source.array.array if isinstance(source.array, Ahead) else source.array
    in_memory = isinstance(array, np.ndarray) and not isinstance(array, np.memmap)
    return source if in_memory else replace(source, array=Ahead(array))


def _open(data: Any) -> Source:
    if isinstance(data, str | PathLike):
        array, spacing, affine, name = read_series(data)
        names = "xyztuvw"[: len(array.shape)] if len(array.shape) > 3 else ""
        return Source(array, names, (*spacing, *[1.0] * (len(array.shape) - 3)), affine, name)
    if isinstance(data, Volume):
        return Source(data.array, "", data.spacing, data.affine, data.name)
    for can, read in READERS.items():
        if all(hasattr(data, name) for name in can):
            return read(data)
    return Source(data)


def _nibabel(img: Any) -> Source:
    array, spacing = opened(img)
    return Source(array, "xyztuvw"[: len(array.shape)], spacing, told_affine(img))


def _sitk(image: Any) -> Source:
    if "label" in (kind := image.GetPixelIDTypeAsString()):  # asked for its array, it ends Python
        raise ValueError(f"a SimpleITK image of {kind} has no array; see sitk.LabelMapToLabel")
    sitk = sys.modules[type(image).__module__.partition(".")[0]]
    # its axes are z, y, x where the image's are x, y, z; the memory is the image's
    array = sitk.GetArrayViewFromImage(image).view(_Borrowed)
    array.owner = image
    spacing = image.GetSpacing()[::-1]
    if len(spacing) != 3:
        return Source(array, (), spacing)
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3))[:, ::-1] * spacing
    affine[:3, 3] = image.GetOrigin()
    return Source(array, (), spacing, np.diag([-1, -1, 1, 1]) @ affine)  # from LPS to RAS


class _Borrowed(np.ndarray):
    """An array that keeps the owner of its memory alive."""


class _Detached:
    """A tensor that hands out its slices as arrays, from whatever device it lives on."""

    def __init__(self, tensor: Any) -> None:
        self._tensor, self.shape = tensor.detach(), tuple(tensor.shape)

    def __getitem__(self, where: Any) -> np.ndarray:
        return np.asarray(self._tensor[where].cpu())


def _xarray(array: Any) -> Source:
    steps = [_step(array.coords[n].values) if n in array.coords else np.nan for n in array.dims]
    return Source(array, [str(name) for name in array.dims], steps)


def _step(places: np.ndarray) -> float:
    """Return how far apart places are; NaN if they are no numbers, or not evenly spaced."""
    if places.dtype.kind not in "iuf" or places.ndim != 1 or len(places) < 2:
        return np.nan
    steps = np.abs(np.diff(places.astype(float)))
    return float(steps[0]) if steps[0] > 0 and np.allclose(steps, steps[0], 1e-3, 0) else np.nan


READERS = {
    ("magnitude", "units"): lambda quantity: _open(quantity.magnitude),  # pint's
    ("to_value", "unit"): lambda quantity: _open(quantity.value),  # astropy's
    ("dataobj", "header", "affine"): _nibabel,
    ("GetSpacing", "GetDirection", "GetPixelIDTypeAsString"): _sitk,
    ("detach", "cpu", "shape"): lambda tensor: Source(_Detached(tensor)),
    ("dims", "coords", "shape"): _xarray,
}


def one_or_several(data: Any) -> Sequence[Any]:
    """Return volumes that are in a list or tuple, or a volume alone in a list."""
    items: Sequence[Any] = data if isinstance(data, list | tuple) else [data]
    if not items:
        raise ValueError("nothing to show, the list of volumes is empty; put volumes in it")
    return items


def as_volume(
    data: Any,
    at: MutableMapping[str, int],
    *,
    axis: int | str | None = None,
    dims: Sequence[str] | None = None,
    rgb: bool = False,
    spacing: Sequence[float] | None = None,
    offset: Sequence[float] | None = None,
    affine: Any = None,
) -> tuple[Volume | Series, int, bool]:
    """Return anything that can be shown as a volume, with two facts about it.

    They are: which of its three axes is held fixed, and whether it knows its spacing.

    Parameters
    ----------
    data : array-like, image or path
        Whatever `slicekit.view` takes.
    at : dict
        From the name of an axis that is not shown to the index where it is held. Names
        that are missing are added, with index 0.
    axis, dims, rgb, spacing, offset, affine
        As in `slicekit.view`.

    Raises
    ------
    TypeError, ValueError, IndexError
        If it is no array, or its axes are not what was said of them.
    """
    source = open_source(data)
    ndim = len(source.shape) - rgb
    names = [str(name) for name in (source.dims if dims is None else dims)]
    if not names and ndim == 3:
        names = ["0", "1", "2"]
    if len({*names} - {""}) != ndim or len(names) != ndim or ndim < 3:
        raise ValueError(_what_is_wrong(source.shape, names, rgb))
    wanted = None if axis is None else which_axis(axis, names)
    shown = three_axes(names, wanted)
    held = {name: i for i, name in enumerate(names) if i not in shown}
    for name in held:
        at.setdefault(name, 0)
    if rgb and source.shape[-1] not in (3, 4):
        raise ValueError(f"colours need a last axis of 3 or 4, got {source.shape}; drop rgb=True")
    sizes, affine = _geometry(source, shown, spacing, offset, affine)
    position = 0 if wanted is None else shown.index(wanted)
    known = bool(source.spacing) or spacing is not None or affine is not None
    if not held and not rgb:
        return Volume(source.array, sizes, affine, source.name), position, known
    series = Series(source.array, tuple(names), shown, held, at, sizes, affine, source.name)
    return series, position, known


def _what_is_wrong(shape: tuple[int, ...], names: Sequence[str], rgb: bool) -> str:
    if names:
        dims = told("".join(names))
        return f"dims {dims} cannot name the axes of shape {shape}; give each a name"
    cure = "name its axes, such as dims='tzyx'"
    if len(shape) == 4 and shape[-1] in (3, 4) and not rgb:
        cure = "say rgb=True if the last axis holds colours, or " + cure
    if rgb and len(shape) == 3 and shape[-1] not in (3, 4):
        return f"rgb=True takes the last axis for colours, got shape {shape}; leave it out for grey"
    if len(shape) - rgb < 3:
        cure = "use np.stack to make a volume of images"
    return f"a volume must be 3-D, got shape {shape}; {cure}"


def which_axis(axis: int | str, names: Sequence[str]) -> int:
    """Return the number of an axis, from its number (below zero: from the end) or its name."""
    if isinstance(axis, str):
        if axis not in names:
            raise ValueError(f"no axis {told(axis)}; there are {list(names)}")
        return list(names).index(axis)
    if not -len(names) <= check_whole(axis, "axis") < len(names):
        raise IndexError(f"axis {told(axis)} is out of range; use 0 to {len(names) - 1}")
    return axis % len(names)


def three_axes(names: Sequence[str], wanted: int | None) -> tuple[int, ...]:
    """Return which three axes are shown: the one wanted, those of space, then the others.

    Time is held rather than an axis of an unknown name, and a channel rather than time.
    """

    def rank(axis: int) -> tuple[bool, bool, int, int]:
        name = names[axis].lower()
        return axis != wanted, name not in ("x", "y", "z"), "tc".find(name[0]), -axis

    return tuple(sorted(sorted(range(len(names)), key=rank)[:3]))


def _geometry(
    source: Source,
    shown: tuple[int, ...],
    spacing: Sequence[float] | None,
    offset: Sequence[float] | None,
    affine: Any,
) -> tuple[Any, np.ndarray | None]:
    """Return spacing and affine of the three axes shown: as told, or as the source knows."""
    known: Any = [source.spacing[i] for i in shown] if source.spacing else []
    if affine is not None:
        affine = check_affine(affine)
        known = check_spacing(voxel_sizes(affine), "affine")
    if not np.isfinite(known).all() or len(known) < 3:
        known = [1.0, 1.0, 1.0]  # sizes of some axes only would be worse than none
    sizes: Any = known if spacing is None else spacing
    if numbers(sizes).shape == (len(source.shape),):  # one for each axis of the array
        sizes = [sizes[i] for i in shown]
    sizes = check_spacing(sizes)
    if affine is not None and (offset is not None or not np.allclose(sizes, known, 1e-3, 0)):
        twice = f"spacing={told(spacing)}" if offset is None else f"offset={told(offset)}"
        raise ValueError(f"affine= tells sizes and places already, {twice} must be left out")
    if offset is not None:
        place = numbers(offset)
        if place.shape != (3,) or not np.isfinite(place).all():
            raise ValueError(f"offset must be three places in mm, got {told(offset)}; see affine")
        affine = np.diag([*sizes, 1.0])
        affine[:3, 3] = place
    elif affine is None and source.affine is not None and shown == (0, 1, 2):
        affine = source.affine
        if spacing is not None:  # the directions stay, and the place of the first voxel
            affine = affine @ np.diag([*np.divide(sizes, voxel_sizes(affine)), 1])
    return sizes, affine
