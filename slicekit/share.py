"""What leaves Python: a page that scrolls, a film, and pictures of single slices.

All of them show the figure as it is, with overlays, titles and colour bars. They are methods
of what `view` returns, and take any `SliceViewer`.
"""

import io
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slicekit.complaint import in_one_line, told
from slicekit.frames import each_picture, encoded, kept, on_another_canvas, spoken
from slicekit.page import page, scroller
from slicekit.viewer import SliceViewer
from slicekit.volume import check_whole


def save(
    viewer: SliceViewer,
    path: str | Path,
    *,
    every: int = 1,
    fps: float = 10,
    max_mb: float = 20,
    **savefig: Any,
) -> list[Path]:
    """Save the figure as it is, or every slice of it, or a film of them.

    Parameters
    ----------
    path : path
        Where to; with a field such as ``"slice{index:03}.png"``, one file for each
        slice; if it ends with ``.gif``, a film of all slices, over and over.
    every : int
        Of all slices take only each so many; default: 1.
    fps : float
        How many slices a film shows in a second; default: 10.
    max_mb : float
        How large a film may become, in millions of bytes; default: 20.
    **savefig
        Keywords of ``savefig``, such as ``dpi``; a film knows only this one.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ValueError
        If a film becomes larger than ``max_mb``. Nothing is written then.
    FileNotFoundError
        If there is no such folder.
    """
    indices, pattern = each_so_many(viewer.count, every), str(path)
    if pattern.lower().endswith(".gif"):
        if "{" in pattern:
            raise ValueError(f"a film is one file; leave out the braces in {pattern}")
        return [save_film(viewer, in_a_folder(path), indices, fps, max_mb, **savefig)]
    written = []
    with kept(viewer):
        for index in indices if "{" in pattern else [viewer.index]:
            viewer.index = index
            written.append(in_a_folder(name_of(pattern, index)))
            with whole(written[-1]) as part:
                viewer.fig.savefig(part, **savefig)
    return written


def name_of(pattern: str, index: int) -> str:
    """Return the path of one slice."""
    try:
        return pattern.format(index, index=index, number=index + 1)
    except (LookupError, AttributeError, ValueError) as fault:
        message = f"path {told(pattern)} is no format ({in_one_line(fault)})"
        raise ValueError(f"{message}; its fields are {{index}} and {{number}}") from fault


def save_film(
    viewer: SliceViewer,
    path: Path,
    indices: Iterable[int],
    fps: float,
    max_mb: float,
    dpi: float | None = None,
) -> Path:
    """Write slices as an animated GIF, which has at most 256 colours a slice."""
    if not 0 < fps <= 50:  # what browsers show; the file counts in hundredths of a second
        raise ValueError(f"fps must be above 0 and at most 50, got {fps}")
    film = io.BytesIO()
    with on_another_canvas(viewer, dpi) as canvas:
        pictures = each_picture(viewer, canvas, indices)
        first = next(pictures).convert("RGB")  # Pillow reads colours after grey frames wrongly
        options = {"save_all": True, "duration": round(1000 / fps), "loop": 0}
        first.save(film, "GIF", append_images=pictures, **options)
    check_size(len(film.getvalue()), max_mb)
    with whole(path) as part:
        part.write_bytes(film.getvalue())
    return path


def to_html(
    viewer: SliceViewer,
    path: str | Path,
    *,
    every: int = 1,
    dpi: float | None = None,
    max_mb: float = 20,
    alt: str = "",
) -> Path:
    """Save all slices as one page that scrolls in any browser, without Python or network.

    It has a slider, the wheel, and the keys that a viewer has by default: K and J, arrows,
    Home and End; Page Up and Page Down, for ten pictures. It holds a picture of the figure
    for each slice, and nothing else of the volume.

    Parameters
    ----------
    path : path
        Where to; it ends with ``.html``.
    every : int
        Of all slices take only each so many; default: 1.
    dpi : float
        Pixels per inch; default: those of the figure.
    max_mb : float
        How large the page may become, in millions of bytes; default: 20.
    alt : str
        What the pictures show, for those who do not see them; default: the file's name.

    Returns
    -------
    Path
        What was written.

    Raises
    ------
    ValueError
        If the page becomes larger than ``max_mb``. Nothing is written then.
    FileNotFoundError
        If there is no such folder.
    """
    path, indices = in_a_folder(path), each_so_many(viewer.count, every)
    if path.suffix.lower() not in (".html", ".htm"):
        raise ValueError(f"browsers know a page by its name; call it {path.stem}.html, not {path}")
    start = min(range(len(indices)), key=lambda n: abs(indices[n] - viewer.index))
    pictures: list[bytes] = []
    words, size = [], 0
    with on_another_canvas(viewer, dpi) as canvas:
        for picture in each_picture(viewer, canvas, indices):
            pictures.append(encoded(picture, "PNG"))
            words.append(spoken(viewer))
            # as text: four bytes for three; the first one on show is there twice
            size += len(pictures[-1]) * 4 // 3 * (2 if len(words) - 1 == start else 1)
            check_size(size, max_mb, part=len(pictures) / len(indices))
    name = alt or path.stem
    with whole(path) as part:
        part.write_text(page(scroller(pictures, words, start, name), name), encoding="utf-8")
    return path


def each_so_many(count: int, every: int) -> range:
    """Return the indices of slices, all or only each so many."""
    if check_whole(every, "every") < 1:
        raise ValueError(f"every must be 1 or more, got {every}")
    return range(0, count, every)


def in_a_folder(path: str | Path) -> Path:
    """Return a path, if its folder is there: better before the work than after it."""
    path = Path(path)
    if not path.parent.is_dir():
        raise FileNotFoundError(f"there is no folder {path.parent}; make it, then save {path.name}")
    return path


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Hand out a path to write to, in a folder beside; what is there gets its place when complete.

    So a disk that is full costs neither half a file nor the one that was there before.
    """
    path = path.resolve()  # what a link leads to, not the link
    if path.exists() and not path.is_file():  # a pipe
        yield path
        return
    try:
        with TemporaryDirectory(prefix=".part-", dir=path.parent) as folder:
            yield Path(folder, path.name)
            for part in Path(folder).iterdir():  # Matplotlib may have given it an ending
                part.replace(path.with_name(part.name))
    except OSError as fault:
        if fault.errno is None:
            raise
        words = f"{fault.strerror}; nothing was written to"
        raise OSError(fault.errno, words, str(path)) from fault


def check_size(size: int, max_mb: float, part: float = 1) -> None:
    """Refuse what is too large to be shared, and say how large all of it would be."""
    if size > max_mb * 1e6:
        raise ValueError(
            f"the file would have about {size / part / 1e6:.2g} MB, more than max_mb={max_mb:g}; "
            "take every=2, a smaller dpi, or a larger max_mb"
        )
