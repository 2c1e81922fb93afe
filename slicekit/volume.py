"""What a volume is: an array that can be sliced, and the size of its voxels in millimetres."""

import operator
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from mmap import ALLOCATIONGRANULARITY
from typing import Any, Protocol

import numpy as np

from slicekit.complaint import in_one_line, told
from slicekit.intensity import check_grey, some_planes, values_of
from slicekit.sizes import check_affine, check_spacing


class Sliceable(Protocol):
    """Anything with a shape that gives up one part at a time: an array, or a file behind one."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of elements per axis."""

    def __getitem__(self, where: Any, /) -> Any: ...


def pixel_aspect(spacing: Sequence[float], axis: int = 0) -> float:
    """Return the height of a pixel over its width, for slices with one axis held fixed.

    Parameters
    ----------
    spacing : (3,) sequence of float
        Voxel size in mm per array axis.
    axis : int
        The axis held fixed; default: 0. The first axis that is left runs down the
        picture, the second one runs across.

    Returns
    -------
    float
        What ``imshow`` calls the aspect.
    """
    height, width = np.delete(spacing, axis)
    return float(height / width)


def take_plane(volume: Any, index: int, axis: int = 0) -> Any:
    """Return one slice of a volume, reading nothing else of it.

    Parameters
    ----------
    volume : (P, R, C) array-like
        Anything that can be sliced.
    index : int
        Which slice.
    axis : int
        The axis held fixed; default: 0.

    Returns
    -------
    2-D array
        Whatever slicing the volume returns, most often a view.
    """
    where: list[Any] = [slice(None)] * 3
    where[axis] = index
    return volume[tuple(where)]


def check_file(array: Any) -> None:
    """Refuse a memory map whose file was cut short: reading on would be the end of Python."""
    mapped: Any = getattr(array, "_mmap", None) if isinstance(array, np.memmap) else None
    if mapped is not None:
        begin = array.offset // ALLOCATIONGRANULARITY * ALLOCATIONGRANULARITY
        if mapped.size() < begin + len(mapped):
            raise OSError(f"{array.filename} was cut short since it was opened; open it again")


def check_whole(number: Any, name: str) -> int:
    """Return a whole number of Python's own, if it is one."""
    try:
        if isinstance(number, bool):  # it would count as 0 or 1
            raise TypeError
        return int(operator.index(number))
    except TypeError:
        raise TypeError(f"{name} must be a whole number, got {told(number)}; use int()") from None


def check_axis(axis: int) -> int:
    """Return which of the three axes is meant, counted from 0; -1 is the last."""
    axis = check_whole(axis, "axis")
    if not -3 <= axis < 3:
        raise IndexError(f"axis {axis} is out of range for a volume; use 0, 1 or 2")
    return axis % 3


def check_index(index: int, count: int, axis: int | str) -> int:
    """Return the index of a slice, if there is such a slice."""
    index = check_whole(index, "index")
    if not 0 <= index < count:
        raise IndexError(
            f"index {told(index)} is out of range for axis {axis}, which has {count} slices; "
            f"use 0 to {count - 1}"
        )
    return index


def sides_of(array: Any) -> tuple[int, ...]:
    """Return how many elements an array has along each axis, if it is an array."""
    try:
        array.__getitem__  # noqa: B018 - there are things that have a shape and no slices
        if isinstance(array, memoryview):  # nor has it any, for all its three axes
            raise TypeError
        return tuple(operator.index(side) for side in array.shape)
    except (AttributeError, TypeError):
        kind = type(array).__name__
        raise TypeError(f"a volume must be an array, got a {kind}; use np.asarray") from None
    except Exception as fault:  # h5py raises a RuntimeError
        raise ValueError(
            f"the array cannot tell its shape ({in_one_line(fault)}); is its file still open?"
        ) from fault


def check_voxels(array: Any) -> None:
    """Refuse an array without voxels, or with values that are not real numbers."""
    shape = sides_of(array)
    if min(shape, default=0) < 1:
        raise ValueError(f"there is nothing in a volume of shape {shape}; give it slices")
    check_grey(getattr(array, "dtype", None))  # torch's types have no kind


def check_plane(plane: Any, sides: tuple[int, ...]) -> np.ndarray:
    """Return one slice as an array, if it is one, of real numbers that Matplotlib can show."""
    image = values_of(plane)
    if image.shape != sides or image.dtype.kind not in "biuf":
        words = f"a slice must be {sides} real numbers, got {image.dtype} {image.shape}"
        raise ValueError(f"{words}; see what the array hands out")
    if image.dtype.itemsize > 8:  # Matplotlib warns when it has to do that
        with np.errstate(over="ignore"):  # what is too large becomes infinite
            image = image.astype(float)
    if np.ma.is_masked(image) and image.dtype.kind == "f":
        image = image.copy()
        image.data[np.ma.getmaskarray(image)] = 0  # whatever is there, Matplotlib computes with it
    return image


@dataclass(frozen=True, eq=False)
class Volume:
    """A 3-D array together with the size of its voxels.

    Parameters
    ----------
    array : (P, R, C) array-like
        Anything that has a shape and can be sliced; kept as it is, never copied.
    spacing : (3,) sequence of float
        Voxel size in mm per array axis; default: (1, 1, 1).
    affine : (4, 4) array or None
        From voxel indices to a position in mm (RAS+), where the file says so.
    name : str
        What to call it, such as the name of its file.

    Raises
    ------
    TypeError
        If there is no shape to it.
    ValueError
        If the array is not 3-D, is empty, or holds no real numbers, the spacing is not
        three finite sizes above zero, or the affine leads nowhere.
    """

    array: Sliceable
    spacing: tuple[float, float, float] = (1.0, 1.0, 1.0)
    affine: np.ndarray | None = None
    name: str = ""

    def __post_init__(self) -> None:
        shape = sides_of(self.array)
        if len(shape) != 3:
            words = f"a volume must be 3-D, got shape {shape}"
            raise ValueError(f"{words}; use np.stack for images, slicekit.view for time")
        check_voxels(self.array)
        object.__setattr__(self, "spacing", check_spacing(self.spacing))
        if self.affine is not None:
            object.__setattr__(self, "affine", check_affine(self.affine))

    @property
    def shape(self) -> tuple[int, int, int]:
        """Number of planes, rows and columns."""
        planes, rows, columns = self.array.shape
        return int(planes), int(rows), int(columns)

    @property
    def ndim(self) -> int:
        """Number of axes, always 3."""
        return 3

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, where: Any) -> Any:
        return self.array[where]

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        whole = np.asanyarray(self.array, dtype=dtype)
        return np.array(whole) if copy else whole

    def __repr__(self) -> str:
        sides = " x ".join(str(n) for n in self.shape)
        sizes = " x ".join(f"{mm:g}" for mm in self.spacing)
        return f"<Volume {self.name!r}: {sides} voxels of {sizes} mm>"

    def plane(self, index: int, axis: int = 0) -> np.ndarray:
        """Return one slice as a 2-D array, reading nothing else.

        Parameters
        ----------
        index : int
            Which slice, from 0 to the number of slices - 1.
        axis : int
            The axis held fixed; default: 0.

        Raises
        ------
        IndexError
            If there is no such axis or no such slice.
        ValueError
            If the array hands out something else.
        """
        axis = check_axis(axis)
        index = check_index(index, self.shape[axis], axis)
        sides = self.shape[:axis] + self.shape[axis + 1 :]
        check_file(self.array)
        return check_plane(take_plane(self.array, index, axis), sides)

    def some_planes(self, axis: int = 0) -> Iterator[np.ndarray]:
        """Yield all values of a small array in memory, of any other nine planes along an axis."""
        check_file(self.array)
        return some_planes(self.array, (axis,))

    def aspect(self, axis: int = 0) -> float:
        """Return pixel height over pixel width for slices with this axis held fixed."""
        return pixel_aspect(self.spacing, check_axis(axis))
