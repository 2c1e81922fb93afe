"""How large voxels are, in mm: the sizes that they can have, and the affine that holds them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from slicekit.complaint import told

FLATTEST = 10_000  # times thinner than wide: such a voxel is none
LARGEST = 1e12  # mm; what is larger, or smaller than its inverse, cannot be computed with


def numbers(values: Any) -> np.ndarray:
    """Return real numbers as an array; an empty one for whatever is something else."""
    try:
        array: np.ndarray = np.asarray(values)
        return array.astype(float) if array.dtype.kind in "iufO" else np.empty(0)
    except (TypeError, ValueError):
        return np.empty(0)


def in_bounds(sizes: Any) -> bool:
    """Return whether sizes are above zero, and one can compute with them."""
    return bool(np.min(sizes) >= 1 / LARGEST and np.max(sizes) <= LARGEST)


def are_sizes(sizes: Any) -> bool:
    """Return whether voxels can have these sizes, and still be seen from all sides."""
    return in_bounds(sizes) and bool(np.max(sizes) <= FLATTEST * np.min(sizes))


def check_spacing(spacing: Sequence[float], name: str = "spacing") -> tuple[float, float, float]:
    """Return three voxel sizes, if they can be that."""
    sizes = numbers(spacing)
    if sizes.shape != (3,) or not in_bounds(sizes):
        raise ValueError(
            f"{name} must be three sizes of {1 / LARGEST:g} to {LARGEST:g} mm, "
            f"got {told(spacing)}; leave it out for voxels of 1 x 1 x 1 mm"
        )
    if not are_sizes(sizes):
        raise ValueError(
            f"{name} {told(spacing)} is more than {FLATTEST:,} times larger along one axis than "
            "along another; give all three in mm"
        )
    plane, row, column = sizes.tolist()
    return plane, row, column


def is_affine(affine: Any) -> bool:
    """Return whether something is a matrix that leads from voxels to places in mm, and back."""
    matrix = numbers(affine)
    sound = matrix.shape == (4, 4) and np.isfinite(matrix).all()
    return bool(
        sound
        and in_bounds(voxel_sizes(matrix))
        and np.linalg.matrix_rank(matrix[:3, :3]) == 3
        and np.allclose(matrix[3], [0, 0, 0, 1])
    )


def check_affine(affine: Any) -> np.ndarray:
    """Return an affine as an array, if it can be one."""
    if not is_affine(affine):
        raise ValueError(
            f"affine must be a 4 x 4 matrix with three directions of {1 / LARGEST:g} to "
            f"{LARGEST:g} mm, and 0, 0, 0, 1 below, got {told(affine)}; "
            "leave it out if nobody knows where the volume lies"
        )
    return np.asarray(affine, dtype=float)


def voxel_sizes(affine: np.ndarray) -> list[float]:
    """Return how long a step along each axis is, in mm."""
    sizes: list[float] = np.hypot.reduce(affine[:3, :3]).tolist()  # squares would overflow
    return sizes
