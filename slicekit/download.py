"""Bring one file into the cache, whole and checked, or not at all."""

import errno
import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

import pooch

from slicekit.complaint import in_one_line
from slicekit.transfer import DownloadError, transfer


class Source(NamedTuple):
    """Where a file comes from, and its checksum; None where there is none."""

    checksum: str | None
    url: str | None


def download(name: str, source: Source, folder: Path, check: Callable[[Path], None]) -> Path:
    """Return a file of the cache, after downloading it if it is not there.

    The checksum is compared with the registry's, or with the one recorded in the
    cache when the file first came.

    Parameters
    ----------
    name : str
        The file's name in the cache.
    source : Source
        Its checksum, or None, and its URL.
    folder : Path
        The cache.
    check : callable
        Called with the path of a new file before it gets its name; raises ValueError
        if the content is not what it should be.

    Raises
    ------
    DownloadError
        If the file does not arrive, or is not the right one.
    ValueError
        If the file in the cache is not the one that was recorded.
    OSError
        If the cache cannot be written.
    """
    target, record = folder / name, record_of(folder / name)
    if not os.path.exists(target):  # Path.exists stumbles over a folder that is closed to us
        _bring(source, target, record, check)
    _inspect(target, record, source.checksum or _recorded(record), check)
    return target


def _bring(source: Source, target: Path, record: Path, check: Callable[[Path], None]) -> None:
    with workplace(target.parent) as place:
        partial, new = place / target.name, place / record.name
        with in_words("cannot write to the cache", target.parent):
            transfer(source.url or "", partial)
        found = _verify(partial, source, source.checksum or _recorded(record), check)
        with in_words("cannot write to the cache", target.parent):
            new.write_text(found + "\n")
            if not target.exists():  # it may have come another way meanwhile
                new.replace(record)
                partial.replace(target)


def record_of(target: Path) -> Path:
    """Return the place where the checksum of a file in the cache is kept."""
    return target.with_name(f"{target.name}.sha256")


def _recorded(record: Path) -> str | None:
    """Return the checksum that was recorded; a record that was cut short counts for nothing."""
    with in_words("cannot read the cache", record.parent):
        if os.path.exists(record) and not record.is_file():
            raise ValueError(f"{record} is not a file; remove it")
        text = record.read_bytes().decode(errors="replace").strip() if record.is_file() else ""
    return text if re.fullmatch("sha256:[0-9a-f]{64}", text) else None


def _checksum(path: Path) -> str:
    with in_words("cannot read the cache", path.parent):
        return f"sha256:{pooch.file_hash(str(path))}"


def _inspect(target: Path, record: Path, known: str | None, check: Callable[[Path], None]) -> None:
    """Raise ValueError if a file of the cache is not what it was, or not what it should be."""
    if not target.is_file():
        raise ValueError(f"{target} is not a file; remove it, and fetch it again")
    found = _checksum(target)
    if known is not None and found != known:
        words = f"{target} has changed: its checksum is {found}, expected {known}"
        raise ValueError(f"{words}; delete it and {record.name}, and fetch it again")
    if known is None:
        try:
            check(target)
        except ValueError as fault:
            raise ValueError(f"{target}: {fault}; delete it, and fetch it again") from fault
        with suppress(OSError):  # a cache shared by others may be read-only
            record.write_text(found + "\n")


def writable(folder: Path) -> Path:
    """Return the folder, made if need be; raise OSError if it cannot be written."""
    with in_words("cannot write to the cache", folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder


@contextmanager
def workplace(folder: Path) -> Iterator[Path]:
    """Make a place in the cache for what is not whole yet, and remove it in the end.

    It is on the same disk, so that the last step is only a change of name.
    """
    _sweep(writable(folder))
    with in_words("cannot write to the cache", folder):
        place = TemporaryDirectory(prefix=".partial-", dir=folder, ignore_cleanup_errors=True)
    with place:
        yield Path(place.name)


@contextmanager
def in_words(what: str, folder: Path) -> Iterator[None]:
    """Say what is wrong with the cache, and the cure, where the system has but a word for it."""
    try:
        yield
    except DownloadError:
        raise
    except OSError as fault:
        room = "make room there, or " if fault.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        why = f"{what} {in_one_line(folder)} ({fault.strerror or fault}); {room}"
        raise OSError(f"{why}set SLICEKIT_DATA_DIR to a folder of your own") from fault


def _sweep(folder: Path) -> None:
    """Remove what a download that was killed has left: nothing was written for an hour."""
    for left in folder.glob(".partial-*"):
        with suppress(OSError):  # its owner, or another sweeper, may be at it
            written = max(path.stat().st_mtime for path in (left, *left.iterdir()))
            if time.time() - written > 3600:
                shutil.rmtree(left)


def _verify(partial: Path, source: Source, known: str | None, check: Callable[[Path], None]) -> str:
    """Return the checksum of what has come; raise DownloadError if it is not the right file."""
    found = _checksum(partial)
    try:
        check(partial)
        if known is not None and found != known:
            by = "" if source.checksum else f" (by {partial.name}.sha256; delete that if it is old)"
            raise ValueError(f"its checksum is {found}, expected {known}{by}")
    except ValueError as fault:
        which = f"{partial.name} from {source.url}"
        raise DownloadError(f"{which} is not the right file: {fault}. Nothing was kept.") from fault
    return found
