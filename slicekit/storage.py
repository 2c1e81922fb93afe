"""How a volume lies in its file, and a copy of it in which slices along an axis lie together."""

import errno
import os
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from slicekit.complaint import told
from slicekit.intensity import check_grey, values_of
from slicekit.volume import Volume, check_axis, check_file, sides_of
from slicekit.written import in_a_folder, whole

BLOCK = 2**26  # bytes that are copied at once


def fast_axis(array: Any) -> int | None:
    """Return the axis along which one slice is read soonest; None if the array does not tell.

    It is the one with the longest stride; where there are chunks, the one along which they
    are thinnest; for a proxy of nibabel's, the last, if its file is in Fortran's order.
    """
    if getattr(array, "strides", None):
        return int(np.argmax(np.abs(array.strides)))
    if getattr(array, "chunks", None):
        thickness = [max(n) if isinstance(n, tuple) else n for n in array.chunks]
        return int(np.argmin(thickness)) if len({*thickness}) > 1 else None
    order = getattr(array, "order", None)
    return {"C": 0, "F": len(array.shape) - 1}.get(order) if isinstance(order, str) else None


def save_planes(data: Any, path: str | PathLike[str], axis: int) -> Path:
    """Write a copy of a volume as ``.npy``, in which each slice along an axis lies in one piece.

    Parameters
    ----------
    data : (P, R, C) array-like or Volume
        What to copy, 64 MiB at a time, so that it need not fit into memory. Its axes stay
        in their order; its spacing is not saved.
    path : path
        Where to; a file that is there already is replaced once the copy is complete.
    axis : int
        The axis along which slices are to be quick: the first or the last.

    Returns
    -------
    Path
        Of the file, which `slicekit.view` and `slicekit.load` read.

    Raises
    ------
    ValueError
        If the axis is the middle one, the volume is not 3-D, empty or masked, or the path does
        not end in ``.npy``.
    OSError
        If the copy cannot be written there, or there is no room for it.
    """
    axis = check_axis(axis)
    if axis == 1:
        raise ValueError("axis 1 cannot lie together in .npy; use np.moveaxis first, and axis 0")
    path, array = in_a_folder(path), data.array if isinstance(data, Volume) else data
    shape = sides_of(array)
    if len(shape) != 3 or 0 in shape or path.suffix != ".npy":
        raise ValueError(f"needs a 3-D volume and a name in .npy, got {shape}, {told(path.name)}")
    layout: dict[str, Any] = {"shape": shape, "fortran_order": axis == 2}
    kind = values_of(array[0, 0, :]).dtype  # a file with a scale holds others than it hands out
    check_grey(kind)
    with whole(path) as part:
        copy = np.lib.format.open_memmap(part, mode="w+", dtype=kind, **layout)
        reserve(part)
        for where in blocks(array):
            check_file(array)
            block = values_of(array[where])
            if np.ma.is_masked(block):
                raise ValueError("a .npy file cannot hold a mask; fill it first, with .filled()")
            copy[where] = block
        copy.flush()
        del copy  # Windows renames no file that is mapped
    return path


def reserve(path: Path) -> None:
    """Take the room of a file on its disk, or raise OSError.

    A file that is mapped takes its room when it is written, and where there is none any
    more, the system ends Python.
    """
    if hasattr(os, "posix_fallocate"):  # on Linux; Windows has taken the room already
        with path.open("r+b") as file:
            try:
                os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
            except OSError as fault:
                if fault.errno in (errno.ENOSPC, errno.EDQUOT):  # not: the disk knows no such thing
                    raise


def blocks(array: Any) -> list[tuple[slice, ...]]:
    """Return the places of all parts of an array, cut along the axis that is read soonest."""
    axis = fast_axis(array) or 0
    plane = np.dtype(array.dtype).itemsize * int(np.prod(np.delete(array.shape, axis)))
    step = max(BLOCK // max(plane, 1), 1)
    before = (slice(None),) * axis
    return [(*before, slice(start, start + step)) for start in range(0, array.shape[axis], step)]
