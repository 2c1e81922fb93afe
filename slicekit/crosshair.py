"""`Crosshair`: where three planes meet, two lines over each picture."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from slicekit.picture import Picture
from slicekit.places import pixels, to_axes


class Crosshair:
    """Two lines over a picture, which meet in one voxel."""

    def __init__(self, picture: Picture, **line: Any) -> None:
        self.picture = picture
        style = {"color": "lime", "linewidth": 0.8, **line}
        self.lines = picture.ax.axvline(0, **style), picture.ax.axhline(0, **style)

    def show(self, voxel: Sequence[int]) -> None:
        """Move the lines to a voxel."""
        row, column = pixels(self.picture.plane, np.array([voxel]))
        x, y = to_axes(self.picture.im, row[0], column[0])
        down, across = self.lines
        down.set_xdata([x, x])
        across.set_ydata([y, y])

    @property
    def visible(self) -> bool:
        """Whether it is on show."""
        return bool(self.lines[0].get_visible())

    @visible.setter
    def visible(self, visible: bool) -> None:
        for line in self.lines:
            line.set_visible(visible)
