"""Figures in a browser (ipympl, WebAgg): the page holds still, and pictures come soon and whole."""

from collections.abc import Callable
from io import BytesIO
from time import monotonic
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from PIL import Image

from slicekit.paint import Painter

PAUSE = 0.1  # seconds after a picture in which the browser is asked before the next is sent


def serve_browser(fig: Figure, axes: Callable[[], list[Axes]]) -> Callable[[], None]:
    """Let a viewer's pictures reach the browser soon; on the desktop, do nothing.

    Parameters
    ----------
    fig : Figure
        The viewer's figure.
    axes : function
        Returns the axes in which its slices change.

    Returns
    -------
    function
        Call it without arguments to undo this. Several viewers may share a figure.
    """
    canvas: Any = fig.canvas
    if not hasattr(canvas, "get_diff_image"):
        return lambda: None
    post = getattr(canvas.get_diff_image, "__self__", None)
    if not isinstance(post, Post):
        post = Post(canvas)
    return post.enter(axes)


class Post:
    """Takes a browser canvas's events in and its pictures out, as long as it has viewers.

    Matplotlib sends only those pixels of a picture that differ from the last one. If such
    a picture comes before the last one is unpacked, the last one is lost (matplotlib#19116):
    so all pictures are whole here, and each event has one at most.

    Parameters
    ----------
    canvas : FigureCanvasWebAggCore
        Three of its methods are replaced, on this one object, until the last viewer leaves.
    """

    REPLACED = ("handle_event", "draw_idle", "get_diff_image")

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas
        self.viewers: list[Callable[[], list[Axes]]] = []
        self.painter = Painter(canvas, lambda: [ax for axes in self.viewers for ax in axes()])
        self._own = {name: getattr(canvas, name) for name in self.REPLACED}
        for name in self.REPLACED:
            setattr(canvas, name, getattr(self, name))
        self._answering = self._asked = False
        self._sent = 0.0
        self._cid = canvas.mpl_connect("draw_event", self.painter.forget)
        self._page_was_held = hold_page(canvas, True)

    def enter(self, axes: Callable[[], list[Axes]]) -> Callable[[], None]:
        """Serve one viewer more; return the function that ends it."""
        self.viewers.append(axes)
        self.painter.forget()
        return lambda: self._leave(axes)

    def _leave(self, axes: Callable[[], list[Axes]]) -> None:
        self.viewers.remove(axes)
        self.painter.forget()
        if self.viewers:
            return
        self.canvas.mpl_disconnect(self._cid)
        for name in self.REPLACED:
            vars(self.canvas).pop(name, None)
        hold_page(self.canvas, self._page_was_held)
        if self.canvas.manager:
            self.canvas.handle_event({"type": "refresh"})  # or its next picture would lack pixels

    def handle_event(self, event: dict[str, Any]) -> None:
        """Answer what the browser tells: the canvas's own way, and with one picture at the end."""
        if self._answering:  # a handler lets other events in
            self._own["handle_event"](event)
            return
        self._answering, self._asked = True, False
        try:
            self._handle(event)
        finally:
            if self._asked:
                self._answer()
            self._answering = False

    def _handle(self, event: dict[str, Any]) -> None:
        if event["type"] == "draw":
            if self._try(self.painter.paint):
                self.canvas.manager.refresh_all()
            else:
                self._own["handle_event"](event)
            self._asked = False  # what drawing itself has changed has been drawn
            return
        moves = event["type"] in ("key_press", "scroll", "button_press")
        if moves and self.painter.backdrop is None:
            self._try(self.painter.learn)
            self._asked = False
        self._own["handle_event"](event)

    def _answer(self) -> None:
        if monotonic() - self._sent > PAUSE and self._try(self.painter.paint):
            self.canvas.manager.refresh_all()
        else:  # the browser asks for a picture as soon as it has shown the last one
            self._own["draw_idle"]()

    def _try(self, way: Callable[[], bool]) -> bool:
        try:
            return way()
        except Exception:  # the full drawing says what is wrong, in the usual way
            self.painter.forget()
            return False

    def draw_idle(self) -> None:
        """Ask for a picture: once for each event, however many things change."""
        if self._answering:
            self._asked = True
        else:
            self._own["draw_idle"]()

    def get_diff_image(self) -> bytes | None:
        """Return the whole picture as PNG."""
        if getattr(self.canvas, "syncing_data_url", False):  # ipympl, before there is a browser
            return self._own["get_diff_image"]()  # type: ignore[no-any-return]
        self.canvas.set_image_mode("full")
        self._sent = monotonic()
        return as_png(np.asarray(self.canvas.buffer_rgba()))


def hold_page(canvas: Any, held: bool) -> bool:
    """Choose whether the wheel scrolls the figure only; return whether it did so before."""
    before = False
    if hasattr(canvas, "capture_scroll"):  # ipympl does not hear of set_capture_scroll
        before, canvas.capture_scroll = canvas.capture_scroll, held
    elif hasattr(canvas, "set_capture_scroll"):
        before = canvas.get_capture_scroll()
        canvas.set_capture_scroll(held)
    return before


def as_png(pixels: np.ndarray) -> bytes:
    """Return (rows, columns, 4) pixels as PNG, packed loosely: a third of the usual time."""
    red, green, blue, alpha = np.moveaxis(pixels, -1, 0)
    grey = np.array_equal(red, green) and np.array_equal(red, blue) and alpha.min() == 255
    file = BytesIO()
    Image.fromarray(red if grey else pixels).save(file, format="png", compress_level=1)
    return file.getvalue()
