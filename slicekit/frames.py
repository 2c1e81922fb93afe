"""A viewer as pictures: the figure as it is, a slice at a time."""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

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
