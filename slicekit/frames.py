"""A viewer as pictures: the figure as it is, a slice at a time."""

import io
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from matplotlib.axes import Axes
from PIL import Image

from slicekit.viewer import SliceViewer


@contextmanager
def kept(viewer: SliceViewer) -> Iterator[None]:
    """Show the same slice again afterwards."""
    index = viewer.index
    try:
        yield
    finally:
        viewer.index = index


def each_picture(viewer: SliceViewer, indices: Iterable[int], dpi: Any) -> Iterator[Image.Image]:
    """Show one slice after the other; yield a picture of the figure for each."""
    whole = viewer.fig.bbox_inches  # or, if "tight" is somebody's default, the sizes differ
    for viewer.index in indices:
        file = io.BytesIO()
        fast = {"compress_level": 0}
        viewer.fig.savefig(file, format="png", dpi=dpi, bbox_inches=whole, pil_kwargs=fast)
        yield without_colours(Image.open(file).convert("RGB"))


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
    titles = [" ".join(ax.get_title().split()) for ax in viewer.axes]
    return "; ".join(title for title in titles if title) or f"slice {viewer.index}"


def inside(ax: Axes, picture: Image.Image) -> tuple[int, int, int, int]:
    """Return where in a picture of the figure an axes is: left, top, right, bottom."""
    box, edge = ax.get_position(), 3  # pixels for the frame
    width, height = picture.size
    left, right = round(box.x0 * width) + edge, round(box.x1 * width) - edge
    top, bottom = round((1 - box.y1) * height) + edge, round((1 - box.y0) * height) - edge
    return left, top, right, bottom


def side_by_side(panels: Sequence[Image.Image], gap: int = 6) -> Image.Image:
    """Return one picture of several, on white."""
    size = sum(panel.width + gap for panel in panels) - gap, max(panel.height for panel in panels)
    whole = Image.new(panels[0].mode, size, "white")
    left = 0
    for panel in panels:
        whole.paste(panel, (left, 0))
        left += panel.width + gap
    return whole
