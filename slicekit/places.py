"""Where things lie: voxels of the volume, pixels of the slice on show, places on the axes."""

from typing import Any

import numpy as np
from matplotlib.image import AxesImage

from slicekit.plane import Plane


def pixels(plane: Plane, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return row and column on show for (N, 3) voxel indices in array order."""
    rows, columns = np.delete(points, plane.axis, axis=1).T
    return (columns, rows) if plane.transpose else (rows, columns)


def voxel(plane: Plane, row: int, column: int) -> np.ndarray:
    """Return the (3,) voxel index, in array order, of a row and column on show."""
    return np.insert((column, row) if plane.transpose else (row, column), plane.axis, plane.index)


def to_axes(im: AxesImage, rows: Any, columns: Any) -> tuple[Any, Any]:
    """Return x and y on the axes for the centres of pixels."""
    x0, y0, width, height = _frame(im)
    return x0 + (columns + 0.5) * width, y0 + (rows + 0.5) * height


def to_pixel(im: AxesImage, x: float, y: float) -> tuple[int, int] | None:
    """Return row and column of the pixel at a place on the axes; None outside the image."""
    row, column = _row_and_column(im, x, y)
    rows, columns = im.get_size()
    return (row, column) if 0 <= row < rows and 0 <= column < columns else None


def nearest_pixel(im: AxesImage, x: float, y: float) -> tuple[int, int]:
    """Return row and column of the pixel at a place, or of the nearest at the image's edge."""
    (row, column), (rows, columns) = _row_and_column(im, x, y), im.get_size()
    return min(max(row, 0), rows - 1), min(max(column, 0), columns - 1)


def _row_and_column(im: AxesImage, x: float, y: float) -> tuple[int, int]:
    x0, y0, width, height = _frame(im)
    return int((y - y0) // height), int((x - x0) // width)


def _frame(im: AxesImage) -> tuple[float, float, float, float]:
    """Return where the first pixel begins, and how wide and how high each one is."""
    left, right, bottom, top = im.get_extent()
    first, last = (bottom, top) if im.origin == "lower" else (top, bottom)
    rows, columns = im.get_size()
    return left, first, (right - left) / columns, (last - first) / rows
