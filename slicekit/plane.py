"""One plane of a volume: which one it is, what it shows, and where it lies in mm."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from slicekit.volume import pixel_aspect


@dataclass(frozen=True)
class Plane:
    """Which slice is on show, the same for everything that is drawn of it.

    Parameters
    ----------
    axis : int
        The axis held fixed: 0, 1 or 2.
    index : int
        Which slice along it.
    transpose : bool
        Whether the slice is shown transposed; default: False.
    leftwards : bool
        Whether the columns on show are counted from right to left; default: False.
    upwards : bool or None
        Whether the rows on show are counted from below; default: None, as ``origin`` has it.
    """

    axis: int
    index: int
    transpose: bool = False
    leftwards: bool = False
    upwards: bool | None = None

    def of(self, volume: Any) -> np.ndarray:
        """Return this slice of a volume, as it is shown."""
        image: np.ndarray = volume.plane(self.index, self.axis)
        return image.swapaxes(0, 1) if self.transpose else image

    def limits(self, extent: Sequence[float]) -> dict[str, Any]:
        """Return the limits of the axes for a picture with this extent.

        The picture itself is never turned round: only the side that it is seen from.
        """
        left, right, bottom, top = extent
        xlim = (right, left) if self.leftwards else (left, right)
        if self.upwards is None:
            return {"xlim": xlim, "ylim": (bottom, top)}
        return {"xlim": xlim, "ylim": sorted((bottom, top), reverse=not self.upwards)}

    def aspect(self, spacing: Sequence[float]) -> float:
        """Return pixel height over pixel width, as it is shown."""
        aspect = pixel_aspect(spacing, self.axis)
        return 1 / aspect if self.transpose else aspect


def slice_position(affine: Any, index: int, axis: int) -> float | None:
    """Return where a slice lies, in mm.

    Parameters
    ----------
    affine : (4, 4) array or None
        From voxel indices to a position in mm.
    index : int
        Which slice.
    axis : int
        The axis held fixed.

    Returns
    -------
    float or None
        Its coordinate, if all its voxels have the same one; None if nobody knows, or
        if the slices are oblique to the axes of the world.
    """
    if affine is None:
        return None
    affine = np.asarray(affine)
    world = np.abs(affine[:3, axis]).argmax()
    step, others = affine[world, axis], np.delete(affine[world, :3], axis)
    return float(affine[world, 3] + index * step) if np.allclose(others, 0, atol=1e-4) else None
