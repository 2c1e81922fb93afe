"""Bring one file into the cache, whole and checked, or not at all."""

import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

import pooch
import requests

TIMEOUT = 10.0  # seconds without a byte


class DownloadError(OSError):
    """A file could not be downloaded, or was not what it should be. Nothing of it was kept."""


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
    target, record = folder / name, folder / f"{name}.sha256"
    known = source.checksum or _recorded(record)
    if target.exists():
        _inspect(target, record, known, check)
        return target
    _sweep(writable(folder))
    # in the cache itself: the same disk, so that the last step is only a change of name
    with TemporaryDirectory(prefix=".partial-", dir=folder) as place:
        partial = Path(place, name)
        _transfer(name, source.url, partial)
        found = _verify(name, source.url, partial, known, check)
        record.write_text(found + "\n")
        partial.replace(target)
    return target


def _recorded(record: Path) -> str | None:
    """Return the checksum that was recorded; a record that was cut short counts for nothing."""
    text = record.read_bytes().decode(errors="replace").strip() if record.is_file() else ""
    return text if re.fullmatch("sha256:[0-9a-f]{64}", text) else None


def _inspect(target: Path, record: Path, known: str | None, check: Callable[[Path], None]) -> None:
    """Raise ValueError if a file of the cache is not what it was, or not what it should be."""
    if not target.is_file():
        raise ValueError(f"{target} is not a file; remove it, and fetch it again")
    found = f"sha256:{pooch.file_hash(str(target))}"
    if known is not None and found != known:
        raise ValueError(
            f"{target} has changed: its checksum is {found}, expected {known}; "
            f"delete it and {record.name}, and fetch it again"
        )
    if known is None:
        try:
            check(target)
        except ValueError as fault:
            raise ValueError(f"{target}: {fault}; delete it, and fetch it again") from fault
        with suppress(OSError):  # a cache shared by others may be read-only
            record.write_text(found + "\n")


def _sweep(folder: Path) -> None:
    """Remove what a download that was killed has left, if it is older than an hour."""
    for left in folder.glob(".partial-*"):
        if time.time() - left.stat().st_mtime > 3600:
            shutil.rmtree(left, ignore_errors=True)


def writable(folder: Path) -> Path:
    """Return the folder, made if need be; raise OSError if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as fault:
        raise OSError(
            f"cannot write to the cache {folder} ({fault.strerror}); "
            "set SLICEKIT_DATA_DIR to a folder of your own"
        ) from fault


def _transfer(name: str, url: str | None, partial: Path) -> None:
    _refuse_what_is_not_https(name, url)

    def look_ahead(response: requests.Response, *_: Any, **__: Any) -> None:
        if response.is_redirect:
            onward = urljoin(response.url, response.headers["location"])
            _refuse_what_is_not_https(name, onward)

    get = pooch.HTTPDownloader(progressbar=True, timeout=TIMEOUT, hooks={"response": look_ahead})
    try:
        get(url, str(partial), None)
    except requests.RequestException as fault:
        raise DownloadError(
            f"{name} could not be downloaded from {url}: {_reason(fault)}. "
            "Nothing was kept; try again later."
        ) from fault


def _refuse_what_is_not_https(name: str, url: str | None) -> None:
    parts = urlsplit(url or "")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        raise DownloadError(f"{name}: {url} is not an https address. Nothing was kept.")


def _reason(fault: requests.RequestException) -> str:
    if fault.response is not None:
        return f"the server answers {fault.response.status_code} {fault.response.reason}"
    if isinstance(fault, requests.Timeout) or "timed out" in str(fault):
        return f"the server was silent for {TIMEOUT:g} seconds"
    if isinstance(fault, requests.exceptions.ChunkedEncodingError):
        return "the transfer broke off before its end"
    if isinstance(fault, requests.exceptions.SSLError):
        return "no secure connection (a proxy between, or a wrong clock)"
    if isinstance(fault, requests.ConnectionError):
        return "no connection (offline, or a firewall between)"
    return str(fault)


def _verify(
    name: str, url: str | None, partial: Path, known: str | None, check: Callable[[Path], None]
) -> str:
    found = f"sha256:{pooch.file_hash(str(partial))}"
    try:
        check(partial)
        if known is not None and found != known:
            raise ValueError(f"its checksum is {found}, expected {known}")
    except ValueError as fault:
        raise DownloadError(
            f"{name} from {url} is not the right file: {fault}. Nothing was kept."
        ) from fault
    return found
