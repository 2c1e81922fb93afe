"""Where a slice lies in an array, and which slices come next in the direction of travel."""

from collections.abc import Sequence
from typing import Any

import numpy as np

NEAR = 10  # slices: whoever goes further at once is not followed

Place = tuple[int | None, ...]  # of a slice: an index for each axis, None for those along it


def place_of(where: Any) -> Place | None:
    """Return the place of a slice from what stands in brackets; None if that is no slice."""
    if not isinstance(where, tuple):
        return None
    if not all(isinstance(w, int | np.integer) or w == slice(None) for w in where):
        return None
    return tuple(None if isinstance(w, slice) else int(w) for w in where)


def where_of(place: Place) -> tuple[Any, ...]:
    """Return what to write in brackets for a slice."""
    return tuple(slice(None) if index is None else index for index in place)


def along(place: Place) -> tuple[bool, ...]:
    """Tell for each axis whether it runs along the slice."""
    return tuple(index is None for index in place)


def steps_between(one: Place, other: Place) -> list[int]:
    """Return how far it is from one slice to another along each axis."""
    return [0 if a is None or b is None else b - a for a, b in zip(one, other, strict=True)]


def onwards(place: Place, steps: Sequence[int], shape: Sequence[int]) -> list[Place]:
    """Return the places of the next two slices in the direction of travel, if they are near."""
    if np.count_nonzero(steps) != 1 or np.abs(steps).max() > NEAR:
        return []
    following = []
    for times in (1, 2):
        there = [None if i is None else i + times * s for i, s in zip(place, steps, strict=True)]
        if all(i is None or 0 <= i < side for i, side in zip(there, shape, strict=True)):
            following.append(tuple(there))
    return following
