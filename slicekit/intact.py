"""Whether a file holds all that its header tells of, and what the library that reads it says.

nibabel and tifffile believe a header: they would ask for terabytes, fill what is missing with
zeros, read voxels out of the header itself, and print what they think of it.
"""

import logging
import math
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import clear_frames
from typing import Any

from slicekit.complaint import in_one_line

COMPRESSED = {".gz", ".bz2", ".zst", ".mgz"}
SLACK = 2**28  # bytes behind the voxels that a compressed file may unpack to
PLANES = 2**24  # the most planes that a description may tell of


@contextmanager
def in_one_voice(name: str) -> Iterator[None]:
    """Make one warning of all that is said of a file, or an error where voxels are lost.

    nibabel and tifffile log it, or warn. What else Python warns of in them, such as numbers that
    overflow and files left open, ends in an error or in nothing.

    Raises
    ------
    ValueError
        If tifffile says that a part of the picture is not there.
    """
    said: list[str] = []
    lost: list[str] = []

    def hear(record: logging.LogRecord) -> bool:
        text = in_one_line(record.getMessage())
        # a page or a tag that cannot be read; a description of the series that is wrong is none
        misses = record.levelno >= logging.ERROR and "series" not in text
        if record.name == "tifffile" and (misses or "zeroed" in text):
            lost.append(text)
            raise ValueError(text)  # or a thousand pages of nonsense would follow
        said.append(text)
        return False

    loggers = [logging.getLogger(library) for library in ("nibabel.global", "tifffile")]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        for logger in loggers:
            logger.addFilter(hear)
        try:
            yield
        except Exception as fault:
            clear_frames(fault.__traceback__)  # there nibabel leaves files open
            raise
        finally:
            for logger in loggers:
                logger.removeFilter(hear)
    if lost:
        raise ValueError(lost[0])
    said += [str(warning.message) for warning in warned if warning.category is UserWarning]
    if said:
        # where `slicekit.load` is called
        warnings.warn(f"{name}: {in_one_line('; '.join(dict.fromkeys(said)))}", stacklevel=6)


def check_tiff(file: Any) -> None:
    """Raise ValueError if a TIFF file is not one series of images that can all be in it."""
    numbers = re.findall(r"(?:PlaneCount|NumPlanes|First.)=.(\d+)", file.ome_metadata or "")
    if any(float(number) > PLANES for number in numbers):  # tifffile makes a list as long
        raise ValueError(f"it tells of {max(numbers, key=len)} planes")
    if len(file.series) != 1:
        raise ValueError(f"it holds {len(file.series) or 'no'} series of images; save one alone")
    series = file.series[0]
    pages = list(series.pages)
    held = sum(file.filehandle.size for file in {page.parent for page in pages if page})
    if not all(0 < n <= held for page in pages for n in (page.databytecounts if page else [0])):
        raise ValueError("some of its images are not there")
    if any(max(page.databytecounts) > most_packed(page.keyframe) for page in pages):
        raise ValueError("some of its images unpack to more than its header tells of")
    if min(start for page in pages for start in page.dataoffsets) < 8:
        raise ValueError("its voxels begin inside its header")
    # eight pixels may share a byte; what tifffile unpacks by itself is not packed more than 2**16
    if series.nbytes > held * (8 if pages[0].keyframe.compression == 1 else 2**16):
        raise ValueError(f"its header tells of {series.nbytes} bytes, in a file of {held}")


def most_packed(page: Any) -> float:
    """Return how many bytes a packed part of a TIFF image has at most: LZW makes noise larger."""
    if page.compression == 1:  # what is not packed does not unpack to more
        return math.inf
    return float(2 * math.prod(page.chunks) * page.dtype.itemsize + 2**12)


def check_nibabel(img: Any) -> None:
    """Raise ValueError if the files of an image do not hold what its header tells of.

    What is compressed is read to the end: its checksum stands there, where nibabel never looks.
    """
    voxels, header = img.dataobj, img.header
    first = header.single_vox_offset if getattr(header, "is_single", False) else 0
    if voxels.offset < first:
        raise ValueError(f"its voxels begin at byte {voxels.offset}, inside its header")
    # sides as Python's own numbers: those of MGH overflow
    end = voxels.offset + math.prod(map(int, voxels.shape)) * voxels.dtype.itemsize
    for kind, file in img.file_map.items():
        if kind == "image" and not has_file(img, kind):
            raise ValueError(f"{file.filename}, which holds its voxels, is gone; put it back there")
        size = _size(Path(file.filename), end + SLACK) if has_file(img, kind) else 0
        if kind == "image" and size < end:
            words = f"it is cut short: {size} bytes, and its header tells of {end}"
            raise ValueError(f"{words}; copy it again")


def has_file(img: Any, kind: str) -> bool:
    """Tell whether an image comes with a file: "image", or the "mat" in which SPM has an affine."""
    path = getattr(getattr(img, "file_map", {}).get(kind), "filename", None)
    return path is not None and Path(path).is_file()


def _size(path: Path, most: int) -> int:
    """Return how many bytes a file has when it is unpacked."""
    if path.suffix.lower() not in COMPRESSED:
        return path.stat().st_size
    from nibabel.openers import ImageOpener

    size = 0
    with ImageOpener(str(path)) as stream:
        while part := stream.read(2**24):
            size += len(part)
            if size > most:
                raise ValueError(f"it unpacks to more than {most} bytes, far more than its voxels")
    return size
