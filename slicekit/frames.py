"""A viewer as pictures: the figure as it is, a slice at a time, on a canvas of its own."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from slicekit.paint import Painter
from slicekit.viewer import SliceViewer


class Canvas(FigureCanvasAgg):
    """A canvas that draws when it is told to, and not whenever a slice changes."""

    def draw_idle(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing."""


@contextmanager
def kept(viewer: SliceViewer) -> Iterator[None]:
    """Show the same slice again afterwards."""
    index = viewer.index
    try:
        yield
    finally:
        viewer.index = index


@contextmanager
def on_another_canvas(viewer: SliceViewer, dpi: float | None = None) -> Iterator[Canvas]:
    """Draw the viewer elsewhere, so that whoever looks at it sees nothing of it."""
    fig, before, dpi_before = viewer.fig, viewer.fig.canvas, viewer.fig.dpi
    try:
        canvas = Canvas(fig)
        fig.set_dpi(dpi or dpi_before / before.device_pixel_ratio)
        with kept(viewer):
            yield canvas
    finally:
        fig.set_dpi(dpi_before)
        fig.set_canvas(before)
        before.draw_idle()  # what was drawn elsewhere is still to be drawn on this one


def each_picture(viewer: SliceViewer, canvas: Any, indices: Iterable[int]) -> Iterator[Image.Image]:
    """Show one slice after the other on a canvas; yield a picture of the figure for each."""
    painter = Painter(canvas, lambda: viewer.axes)
    canvas.draw()
    painter.learn()
    for viewer.index in indices:
        if not painter.paint():
            canvas.draw()
            painter.forget()
        picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
        yield without_colours(picture)


def without_colours(picture: Image.Image) -> Image.Image:
    """Return a picture in which all is grey as one that knows only grey, a third as large."""
    red, green, blue = picture.split()
    same = red.tobytes() == green.tobytes() == blue.tobytes()
    return red if same else picture


def encoded(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return a picture as the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def spoken(viewer: SliceViewer) -> str:
    """Return the titles of all panels as they are now, for those who do not see them."""
    titles = [" ".join(picture.title.get_text().split()) for picture in viewer.pictures]
    return "; ".join(title for title in titles if title) or f"slice {viewer.index}"
