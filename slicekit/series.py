"""`Series`: volumes in one array of more than three axes, such as those of a film of the brain."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from slicekit.intensity import some_planes
from slicekit.volume import check_axis, check_index, check_plane, check_voxels


@dataclass(frozen=True, eq=False)
class Series:
    """Many volumes in one array: three of its axes are shown, the others held where ``at`` says.

    It does for the viewer what a `Volume` does.
    """

    array: Any
    names: tuple[str, ...]
    shown: tuple[int, ...]
    held: Mapping[str, int]  # name to axis
    at: Mapping[str, int]  # name to index, kept by the viewer
    spacing: tuple[float, ...]
    affine: np.ndarray | None
    name: str

    def __post_init__(self) -> None:
        check_voxels(self.array)

    def __repr__(self) -> str:
        sides = zip(self.names, self.array.shape, strict=False)  # colours have no name
        return f"<Series {self.name!r}: {', '.join(f'{name} {count}' for name, count in sides)}>"

    @property
    def shape(self) -> tuple[int, ...]:
        """Number of planes, rows and columns."""
        return tuple(int(self.array.shape[axis]) for axis in self.shown)

    def plane(self, index: int, axis: int = 0) -> np.ndarray:
        """Return one slice, reading nothing else: 2-D, or 3-D if its pixels are colours."""
        axis = check_axis(axis)
        where: list[Any] = [slice(None)] * len(self.array.shape)
        where[self.shown[axis]] = check_index(index, self.shape[axis], axis)
        for name, held in self.held.items():
            where[held] = self.at[name]
        sides = [n for n, at in zip(self.array.shape, where, strict=True) if at == slice(None)]
        return check_plane(self.array[tuple(where)], tuple(sides))

    def some_planes(self, axis: int = 0) -> Iterator[np.ndarray]:
        """Yield all values of a small array in memory, of any other nine planes of all."""
        return some_planes(self.array, (*self.held.values(), self.shown[axis]))
