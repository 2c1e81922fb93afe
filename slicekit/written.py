"""How a file is written: into a folder that is there, and in its place once it is complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import ENAMETOOLONG
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from slicekit.complaint import in_one_line, told


def as_path(path: Any) -> Path:
    """Return a path as one, if it is one."""
    try:
        return Path(path or None)  # type: ignore[arg-type]  # "" would be a folder
    except Exception as fault:  # its own __fspath__ may raise anything
        raise TypeError(f"path must be a string or a Path, got {told(path)}") from fault


def in_a_folder(path: Any) -> Path:
    """Return a path, if a file can be put there: better before the work than after it."""
    place = as_path(path)
    try:
        os.lstat(place)
    except (OSError, ValueError) as fault:  # a zero byte would end the name
        if getattr(fault, "errno", ENAMETOOLONG) == ENAMETOOLONG:
            name, why = told(place.name), getattr(fault, "strerror", fault)
            raise ValueError(f"no file can be called {name} ({why}); choose another") from fault
    if not place.parent.is_dir():
        folder, name = in_one_line(place.parent), in_one_line(place.name)
        raise FileNotFoundError(f"there is no folder {folder}; make it, then save {name}")
    if place.is_dir():
        raise IsADirectoryError(f"{in_one_line(place)} is a folder; add the name of a file")
    return place


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
            Path(folder, path.name).replace(path)
    except OSError as fault:
        # what is read meanwhile has faults of its own
        if fault.errno is None or ".part-" not in str(fault.filename or ".part-"):
            raise
        words = f"{fault.strerror}; choose another place, nothing was written to"
        raise OSError(fault.errno, words, str(path)) from fault
