"""How dark and how bright a volume is: limits for all its slices together."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np


def check_grey(dtype: Any) -> None:
    """Refuse values that are not real numbers; a type that is no type of NumPy's is believed."""
    if getattr(dtype, "kind", "f") not in "biuf":
        raise ValueError(
            f"values of type {dtype} have no grey; make real numbers of them, as np.abs does"
        )


def values_of(part: Any) -> np.ndarray:
    """Return what was sliced from an array as one of NumPy's, with its mask.

    NumPy's own way to have dask compute it loses the mask.
    """
    return np.asanyarray(part.compute() if hasattr(part, "compute") else part)


def check_colours(images: Iterable[np.ndarray]) -> None:
    """Refuse colours that Matplotlib would cut off: not from 0 to 255, or fractions from 0 to 1."""
    for image in images:
        most = 1 if image.dtype.kind == "f" else 255
        for value in (np.ma.max(image), np.ma.min(image)):
            if value < -0.01 * most or value > 1.01 * most:  # rounding is none
                words = f"colours must be 0 to {most}, got {value}"
                raise ValueError(f"{words}; make black 0, and divide by what is white")


def some_planes(array: Any, axes: Sequence[int] = (0,)) -> Iterator[np.ndarray]:
    """Yield an array piece by piece: all of a small one in memory, nine planes of any other.

    Parameters
    ----------
    array : array-like
        Anything that can be sliced.
    axes : sequence of int
        The axes held fixed for a plane; default: (0,).
    """
    if hasattr(array, "some_planes"):
        yield from array.some_planes(axes)
    elif isinstance(array, np.ndarray) and not isinstance(array, np.memmap) and array.size <= 2**26:
        yield from array
    else:
        for where in places_of_planes(array.shape, axes):
            yield values_of(array[where])


def places_of_planes(shape: Sequence[int], axes: Sequence[int]) -> Iterator[tuple[Any, ...]]:
    """Yield where nine planes of an array lie, as far apart as can be."""
    counts = [shape[axis] for axis in axes]
    for number in np.linspace(0, np.prod(counts) - 1, 9).round().astype(int):
        where: list[Any] = [slice(None)] * len(shape)
        for axis, index in zip(axes, np.unravel_index(number, counts), strict=True):
            where[axis] = int(index)
        yield tuple(where)


def intensity_range(images: Iterable[np.ndarray], above: float = -np.inf) -> tuple[float, float]:
    """Return the smallest and the largest finite value of all images together.

    Parameters
    ----------
    images : iterable of array
        Of real numbers or bool. What is masked, NaN or infinite does not count.
    above : float
        Only values above this one count; default: all of them.

    Returns
    -------
    (float, float)
        The second is always greater than the first: by 1, or a millionth of a large
        one, if all values are the same. If no value counts, 0 and 1, or two above ``above``.

    Raises
    ------
    ValueError
        If the two are farther apart than their type can tell.
    """
    low, high, room = np.inf, -np.inf, np.inf
    for image in images:
        values = np.ma.compressed(image)
        check_grey(values.dtype)
        if values.dtype.kind == "f" or above > -np.inf:
            values = values[np.isfinite(values) & (values > above)]
            room = float(np.finfo(np.result_type(values, np.float32)).max)
        if values.size:
            low, high = min(low, float(values.min())), max(high, float(values.max()))
    if low > high:  # no value counts
        low = max(above, -1.0) + 1
        return low, low + 1
    if not high - low <= min(room, np.finfo(float).max):
        raise ValueError(
            f"values from {low:g} to {high:g} lie too far apart to be shown; "
            "mask those that mean nothing"
        )
    return low, beyond(low, high)


def beyond(low: float, high: float) -> float:
    """Return the upper limit, or another one if the two are the same: that shows nothing."""
    return low + max(1.0, abs(low) / 1e6) if high == low else high
