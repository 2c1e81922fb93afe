"""What a server sends, as it comes: over https, as it is, at some pace, and not without end."""

import sys
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from http.client import responses
from pathlib import Path
from queue import Empty, Queue
from threading import Event, Thread
from urllib.parse import urljoin, urlsplit

import requests
from tqdm import tqdm

from slicekit.complaint import in_one_line

TIMEOUT = 10.0  # seconds without a byte
PATIENCE = 30.0  # seconds that a server may be slower than ...
SLOWEST = 2**10  # ... so many bytes a second
LARGEST = 2**29  # bytes, several times what any file of the registry has
REDIRECTS = 10
HERE = {("http", "127.0.0.1"), ("http", "localhost")}  # needs no https: nobody is between
Parcels = Queue[bytes | Exception | None]


class DownloadError(OSError):
    """A file could not be downloaded, or was not what it should be. Nothing of it was kept."""


def transfer(url: str, path: Path) -> None:
    """Write what a server sends into a file, and show how far it is.

    Raises
    ------
    DownloadError
        If it does not come, or not to its end, or more of it than there can be.
    OSError
        If it cannot be written.
    """
    with (
        tqdm(unit="B", unit_scale=True, ncols=79, delay=0.5, disable=not sys.stderr) as bar,
        closing(_arriving(url, path.name, bar)) as parcels,
        path.open("wb") as file,
    ):
        for parcel in parcels:
            file.write(parcel)
            bar.update(len(parcel))


def _arriving(url: str, name: str, bar: tqdm) -> Generator[bytes]:
    """Yield what a server sends, or raise DownloadError.

    A thread waits for the server. It can be left alone with one that sends a byte now and
    then, for which no timeout of a socket is ever over.
    """
    parcels: Parcels = Queue(64)
    over = Event()
    Thread(target=_collect, args=(url, bar, parcels, over), daemon=True).start()
    try:
        yield from _paced(parcels)
    except (OSError, ValueError) as fault:  # requests lets some of its parsers' errors through
        words = f"{name} could not be downloaded from {url}: {_reason(fault)}"
        raise DownloadError(f"{words}. Nothing was kept; try again later.") from fault
    finally:
        over.set()
        with suppress(Empty):  # the thread may wait for room
            while True:
                parcels.get_nowait()


def _paced(parcels: Parcels) -> Iterator[bytes]:
    """Yield what is put into a queue while patience lasts, of which each byte buys some back."""
    patience, size = PATIENCE, 0
    while patience > 0:
        start = time.monotonic()
        parcel: bytes | Exception | None = b""
        with suppress(Empty):
            parcel = parcels.get(timeout=1)
        if parcel is None:
            return
        if isinstance(parcel, Exception):
            raise parcel
        waited = min(time.monotonic() - start, 1)  # more if this machine was asleep
        patience = min(patience - waited + len(parcel) / SLOWEST, PATIENCE)
        size += len(parcel)
        if size > LARGEST:
            raise ValueError(f"the server sends more than {LARGEST} bytes")
        yield parcel
    raise ValueError(f"the server sends less than {SLOWEST} bytes a second")


def _collect(url: str, bar: tqdm, parcels: Parcels, over: Event) -> None:
    """Put what a server sends into a queue, then None, or what went wrong."""
    try:
        with _answer(url) as response:
            length = response.headers.get("content-length", "")
            bar.total = int(length[:18]) if length.isdecimal() else None  # it may be anything
            for parcel in response.iter_content(2**14):
                parcels.put(parcel)
                if over.is_set():
                    return
        parcels.put(None)
    except Exception as fault:  # raised again in the other thread, whatever it is
        parcels.put(fault)


class _Session(requests.Session):
    """Follow no redirect: requests would read its body first, which may have no end."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Return that there is none."""


@contextmanager
def _answer(url: str) -> Iterator[requests.Response]:
    """Ask a server, and those to which it redirects; each address is looked at first."""
    plain = {"Accept-Encoding": "identity"}  # what is packed may be anything once it is unpacked
    for _ in range(REDIRECTS + 1):
        url = _safe(url)
        with (
            _Session() as session,
            session.get(url, headers=plain, stream=True, timeout=TIMEOUT) as response,
        ):
            if not response.is_redirect:
                code, packed = response.status_code, response.headers.get("content-encoding")
                if code != 200:  # in our words, since the server's may be anything
                    raise ValueError(f"the server answers {code} {responses.get(code, '')}".strip())
                if packed:
                    raise ValueError(f"the server packs it unasked, as {packed[:20]!r}")
                yield response
                return
            url = urljoin(url, response.headers["location"])
    raise ValueError(f"the server redirects more than {REDIRECTS} times")


def _safe(url: str) -> str:
    """Return an address as requests reads it, who goes there; refuse it if it is not https."""
    with suppress(requests.RequestException):
        read = str(requests.Request("GET", url).prepare().url)
        parts = urlsplit(read)
        if parts.scheme == "https" or (parts.scheme, parts.hostname) in HERE:
            return read
    raise ValueError(f"{url[:200]!r} is not an https address")


def _reason(fault: Exception) -> str:
    if isinstance(fault, requests.Timeout) or "timed out" in str(fault):
        return f"the server was silent for {TIMEOUT:g} seconds"
    if isinstance(fault, requests.exceptions.ChunkedEncodingError):
        return "the transfer broke off before its end"
    if isinstance(fault, requests.exceptions.SSLError):
        return "no secure connection (a proxy between, or a wrong clock)"
    if isinstance(fault, requests.ConnectionError) and "ProtocolError" in repr(fault):
        return "the server broke off, or answers what is no answer"
    if isinstance(fault, requests.ConnectionError):
        return "no connection (offline, or a firewall between)"
    return in_one_line(fault)
