"""What the mouse does beside the wheel: tell the voxel under it, take points, set the contrast."""

from functools import partial
from typing import Any

import numpy as np
from matplotlib.backend_bases import MouseButton, MouseEvent

from slicekit.contrast import adjust, remember, set_limits
from slicekit.orientation import position_of
from slicekit.picture import Picture
from slicekit.places import nearest_pixel, to_pixel, voxel


class Pointer:
    """The mouse on the pictures of one viewer, until that is closed.

    Parameters
    ----------
    viewer : View
        The viewer, whose points are kept here.
    """

    def __init__(self, viewer: Any) -> None:
        self.viewer = viewer
        self.groups: list[list[Any]] = [[]]  # of (3,) voxel indices; clicks go to the last one
        self._drag: tuple[Any, ...] | None = None  # of the right button
        self._picked: Picture | None = None  # while the left button is down
        self._left = False  # whether the mouse has left the figure since a button went down
        self._place: tuple[Any, Any] | None = None  # of the mouse on the figure
        viewer.listen("button_press_event", self._on_press)
        viewer.listen("motion_notify_event", self._on_motion)
        viewer.listen("figure_leave_event", self._on_leave)
        viewer.listen("button_release_event", self._on_release)
        for picture in viewer.pictures:
            picture.im.mouseover = False  # the status line tells the value once, and it is ours
            viewer.on_close.callback(setattr, picture.im, "mouseover", True)
            # closing goes backwards: ours is taken off, and one that the axes had is put back
            own = {n: f for n, f in vars(picture.ax).items() if n == "format_coord"}
            viewer.on_close.callback(vars(picture.ax).update, own)
            viewer.on_close.callback(vars(picture.ax).pop, "format_coord", None)
            picture.ax.format_coord = partial(self.readout, picture)
        viewer.on_close.callback(viewer.on_change(self._tell_again))

    def readout(self, picture: Picture, x: float, y: float) -> str:
        """Return what the status line says of a place on the axes: voxel, mm and value."""
        pixel = to_pixel(picture.im, x, y)
        if pixel is None:
            return ""
        here = voxel(picture.plane, *pixel)
        values: Any = picture.im.get_array()
        held = np.ma.getdata(values)[pixel]  # Matplotlib masks what is not finite
        words = [f"voxel ({', '.join(map(str, here))})"]
        if (position := position_of(picture.volume, here)) is not None:
            words += [f"({', '.join(f'{mm:.1f}' for mm in position)}) mm"]
        return ", ".join([*words, f"value {values[pixel] if np.isfinite(held).all() else held}"])

    def forget_last(self) -> None:
        """Take back the last point, if there is one."""
        groups = [group for group in self.groups if group]
        if groups:
            groups[-1].pop()

    def _on_press(self, event: Any) -> None:
        pictures = [p for p in self.viewer.pictures if p.ax is event.inaxes]
        if not pictures or event.canvas.widgetlock.locked():  # zoom or pan has the mouse
            return
        (picture,) = pictures
        self._left = False
        pixel = to_pixel(picture.im, event.xdata, event.ydata)
        if event.button == MouseButton.LEFT and pixel is not None:
            self._picked = picture
            self.viewer.pick(voxel(picture.plane, *pixel))
        elif event.button == MouseButton.RIGHT:
            remember(self.viewer, picture.im.norm)
            self._drag = picture, event.x, event.y, *picture.im.get_clim()

    def _tell_again(self, viewer: Any) -> None:
        # Matplotlib writes the status line when the mouse moves; the voxel under it moved now
        toolbar = viewer.fig.canvas.toolbar
        if self._place is not None and hasattr(toolbar, "mouse_move"):
            toolbar.mouse_move(MouseEvent("motion_notify_event", viewer.fig.canvas, *self._place))

    def _on_leave(self, event: Any) -> None:
        self._place, self._left = None, True

    def _on_motion(self, event: Any) -> None:
        self._place = place_of(event)
        # a browser does not tell of a button that is released beside the figure; and as it tells
        # of motions late, one that is not down may be news from before it was
        if self._left and not may_be_down(event):
            self._drag = self._picked = None
        if self._picked is not None:
            self._on_drag(event, self._picked)
        if self._drag is None:
            return
        picture, x, y, low, high = self._drag
        right, up = np.subtract([event.x, event.y], [x, y]) / picture.ax.bbox.size
        set_limits(picture.im.norm, low, high)
        adjust(picture.im.norm, brighter=up, wider=4**right)
        event.canvas.draw_idle()

    def _on_drag(self, event: Any, picture: Picture) -> None:
        x, y = picture.ax.transData.inverted().transform(place_of(event))
        self.viewer.drag(voxel(picture.plane, *nearest_pixel(picture.im, x, y)))

    def _on_release(self, event: Any) -> None:
        picked, self._drag, self._picked = self._picked, None, None
        if picked is not None:  # the last motion may not have been told
            self._on_drag(event, picked)


def place_of(event: Any) -> tuple[float, float]:
    """Return where the mouse is on the figure, also in parts of a pixel, as browsers tell it.

    ``event.x`` has no such parts, and so could be in the next voxel.
    """
    if event.inaxes is None:
        return event.x, event.y
    x, y = event.inaxes.transData.transform((event.xdata, event.ydata))
    return round(x, 6), round(y, 6)


def may_be_down(event: Any) -> bool:
    """Tell whether a button may be down while the mouse moves."""
    # older Matplotlibs do not say; on a desktop they need not, where every release is told
    unknown: Any = frozenset() if hasattr(event.canvas, "get_diff_image") else None
    return bool(getattr(event, "buttons", unknown) != frozenset())
