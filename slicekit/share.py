"""What leaves Python: a page that scrolls, a film, and pictures of single slices.

All of them show the figure as it is, with overlays, titles and colour bars. They are methods
of what `view` returns, and take any `SliceViewer`.
"""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from slicekit.complaint import in_one_line, naming, told
from slicekit.frames import each_picture, encoded, kept, on_another_canvas, spoken
from slicekit.page import page, scroller
from slicekit.sizes import numbers
from slicekit.viewer import SliceViewer
from slicekit.volume import check_whole
from slicekit.written import as_path, in_a_folder, whole


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
    indices, pattern = each_so_many(viewer.count, every), str(as_path(path))
    if pattern.lower().endswith(".gif"):
        if "{" in pattern:
            raise ValueError(f"a film is one file; leave out the braces in {pattern}")
        for name in savefig.keys() - {"dpi"}:
            raise TypeError(f"a film takes no {name}, only dpi; leave it out")
        return [save_film(viewer, in_a_folder(path), indices, fps, max_mb, **savefig)]
    written = []
    with kept(viewer):
        for index in indices if "{" in pattern else [viewer.index]:
            viewer.index = index
            place = in_a_folder(name_of(pattern, index))
            written.append(place if "format" in savefig else in_a_folder(ended(viewer.fig, place)))
            with whole(written[-1]) as part, naming(savefig):
                viewer.fig.savefig(part, **savefig)
    return written


def ended(fig: Any, path: Path) -> Path:
    """Return a path as Matplotlib calls the file, if it writes files with such an ending."""
    if not path.suffix:
        path = path.with_name(f"{path.name}.{fig.canvas.get_default_filetype()}")
    known, asked = fig.canvas.get_supported_filetypes(), path.suffix[1:].lower()
    if asked not in known:
        raise ValueError(
            f"{asked!r} is no format of Matplotlib's; to_html writes pages, save films (gif) "
            f"and pictures ({', '.join(known)})"
        )
    return path


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
    check_amount("fps", fps, 0.01, 50)  # the file counts in hundredths; browsers show two or more
    check_film_or_page(viewer, dpi, max_mb)
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
    if not isinstance(alt, str):
        raise TypeError(f"alt must be words that tell what the pictures show, got {told(alt)}")
    check_film_or_page(viewer, dpi, max_mb)
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
    text = page(scroller(pictures, words, start, name), name)
    with whole(path) as part:
        part.write_text(text, encoding="utf-8", errors="replace")  # a name may not be decodable
    return path


def each_so_many(count: int, every: int) -> range:
    """Return the indices of slices, all or only each so many."""
    if check_whole(every, "every") < 1:
        raise ValueError(f"every must be 1 or more, got {every}")
    return range(0, count, every)


def check_film_or_page(viewer: SliceViewer, dpi: Any, max_mb: Any) -> None:
    """Refuse pictures that no browser shows, and a size that is none."""
    most = 2**14 / max(viewer.fig.get_size_inches())
    check_amount("dpi", viewer.fig.dpi if dpi is None else dpi, 10, most)
    check_amount("max_mb", max_mb, 0, np.inf)


def check_amount(name: str, amount: Any, least: float, most: float) -> None:
    """Refuse what is no number, and more or less than can be."""
    number = numbers(amount)
    if number.shape != () or not least <= number <= most:
        raise ValueError(f"{name} must be from {least:g} to {most:g}, got {told(amount)}")


def check_size(size: int, max_mb: float, part: float = 1) -> None:
    """Refuse what is too large to be shared, and say how large all of it would be."""
    if size > max_mb * 1e6:
        raise ValueError(
            f"the file would have about {size / part / 1e6:.2g} MB, more than max_mb={max_mb:g}; "
            "take every=2, a smaller dpi, or a larger max_mb"
        )
