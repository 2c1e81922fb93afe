"""What a server sends, without a server: why nothing came of it, and how long and how much."""

import errno
import sys
import threading
import time
from queue import Empty
from types import SimpleNamespace

import pytest
import requests

from slicekit import transfer
from slicekit.transfer import DownloadError

URL = "https://example.org/scan.zip"


class Answer:
    """What requests gives for an answer, as far as we ask it."""

    def __init__(self, *parts, status=200, **headers):
        self.parts, self.status_code = parts, status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self.is_redirect = "location" in headers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def iter_content(self, size):
        self.size = size
        yield from self.parts


@pytest.fixture
def server(monkeypatch):
    """Let the tests say what is answered, in turn, and see what was asked."""
    answers, asked = [], []

    def get(session, url, **how):
        asked.append({"url": url, "thread": threading.current_thread(), **how})
        answer = answers[min(len(asked), len(answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(requests.Session, "get", get)
    return SimpleNamespace(answers=answers, asked=asked)


def refused(tmp_path, url=URL):
    """Return why a download came to nothing."""
    with pytest.raises(DownloadError) as caught:
        transfer.transfer(url, tmp_path / "scan.zip")
    start = f"scan.zip could not be downloaded from {url}: "
    assert str(caught.value).startswith(start)
    assert str(caught.value).endswith(". Nothing was kept; try again later.")
    return str(caught.value).removeprefix(start).partition(". Nothing")[0]


def test_what_comes_is_written_and_asked_for_as_it_is(server, tmp_path):
    server.answers.append(Answer(b"one", b"", b"two"))
    transfer.transfer(URL, tmp_path / "scan.zip")
    assert (tmp_path / "scan.zip").read_bytes() == b"onetwo"
    (asked,) = server.asked
    assert asked.pop("thread").daemon  # no exit of Python waits for a server
    plain = {"Accept-Encoding": "identity"}
    assert asked == {"url": URL, "headers": plain, "stream": True, "timeout": 10}


def test_a_parcel_is_full_before_patience_is_over(server, tmp_path):
    """Or a server that is slow, and not too slow, would be left before its first one is."""
    server.answers.append(Answer(b"one"))
    transfer.transfer(URL, tmp_path / "scan.zip")
    assert 2**10 <= server.answers[0].size <= transfer.PATIENCE * transfer.SLOWEST


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (requests.ReadTimeout("for ever"), "the server was silent for 10 seconds"),
        (requests.ConnectionError("Read timed out."), "the server was silent for 10 seconds"),
        (
            requests.exceptions.ChunkedEncodingError("IncompleteRead"),
            "the transfer broke off before its end",
        ),
        (
            requests.exceptions.SSLError("CERTIFICATE_VERIFY_FAILED"),
            "no secure connection (a proxy between, or a wrong clock)",
        ),
        (
            requests.ConnectionError("ProtocolError('Connection aborted.')"),
            "the server broke off, or answers what is no answer",
        ),
        (
            requests.ConnectionError("getaddrinfo"),
            "no connection (offline, or a firewall between)",
        ),
        (ValueError("odd\nand long"), "odd and long"),
        (OSError("strange"), "strange"),
        (Answer(status=404), "the server answers 404 Not Found"),
        (Answer(status=999), "the server answers 999"),
        (Answer(status=206), "the server answers 206 Partial Content"),
        (
            Answer(content_encoding="a packing with a long name"),
            "the server packs it unasked, as 'a packing with a lon'",
        ),
        (Answer(location="/there"), "the server redirects more than 10 times"),
        (
            Answer(location="http://example.org/" + "x" * 300),
            f"'http://example.org/{'x' * 181}' is not an https address",
        ),
    ],
)
def test_why_nothing_came_is_told_in_full(server, tmp_path, answer, words):
    server.answers.append(answer)
    assert refused(tmp_path) == words


@pytest.mark.parametrize(
    "url", ["http://localhost:1/scan.zip", "http://127.0.0.1:1/scan.zip", "https://a.b/scan.zip"]
)
def test_where_nobody_is_between_no_https_is_needed(server, tmp_path, url):
    server.answers.append(Answer(b"one"))
    transfer.transfer(url, tmp_path / "scan.zip")
    assert [asked["url"] for asked in server.asked] == [url]


@pytest.mark.parametrize(
    "url", ["", "http://localhost.org/", "ftp://localhost/", "ftp://a.b/", "https://", "scan.zip"]
)
def test_what_is_no_https_address_is_not_asked(server, tmp_path, url):
    assert refused(tmp_path, url) == f"{url!r} is not an https address"
    assert server.asked == []


def test_a_redirect_may_be_told_from_where_it_stands(server, tmp_path):
    server.answers += [Answer(location="there.zip?a=b"), Answer(b"one")]
    transfer.transfer("https://example.org/here/scan.zip", tmp_path / "scan.zip")
    assert server.asked[1]["url"] == "https://example.org/here/there.zip?a=b"


def test_a_server_that_always_redirects_is_followed_ten_times(server, tmp_path):
    server.answers.append(Answer(location="/there"))
    refused(tmp_path)
    assert len(server.asked) == 1 + 10


# ---- how long, and how much


class Parcels:
    """A queue out of which things come, each at its time; a second asleep is an hour."""

    def __init__(self, monkeypatch, *things):
        self.things, self.clock = list(things), 0.0
        monkeypatch.setattr(transfer, "time", SimpleNamespace(monotonic=lambda: self.clock))

    def get(self, timeout):
        thing = self.things.pop(0) if self.things else None
        if thing == "asleep":
            self.clock += 3600
        if thing in ("asleep", "nothing"):
            self.clock += timeout
            raise Empty
        return thing


@pytest.mark.parametrize("wait", ["nothing", "asleep"])
def test_patience_lasts_for_thirty_seconds(monkeypatch, wait):
    assert list(transfer._paced(Parcels(monkeypatch, *[wait] * 29, b"one")))[-1] == b"one"
    parcels = Parcels(monkeypatch, *[wait] * 30, b"one")
    with pytest.raises(ValueError, match=r"^the server sends less than 1024 bytes a second$"):
        list(transfer._paced(parcels))
    assert wait == "asleep" or parcels.clock == 30


def test_bytes_that_come_at_once_cost_no_patience(monkeypatch):
    parcels = Parcels(monkeypatch, *[b"x"] * 100)
    parcels.clock = 1000.0
    assert len(list(transfer._paced(parcels))) == 100


def test_no_file_is_larger_than_half_a_gibibyte(monkeypatch):
    most = [bytes(2**24)] * 32
    assert sum(map(len, transfer._paced(Parcels(monkeypatch, *most)))) == 2**29
    with pytest.raises(ValueError, match=r"^the server sends more than 536870912 bytes$"):
        list(transfer._paced(Parcels(monkeypatch, *most, b"x")))


class FullDisk:
    """A path to a disk on which nothing has room, and on which that takes long to see."""

    name = "scan.zip"

    def __init__(self, wait):
        self.wait = wait

    def open(self, mode):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, parcel):
        self.wait()
        raise OSError(errno.ENOSPC, "No space left")


def test_a_server_faster_than_the_disk_waits_and_is_left_with_it(server):
    """64 parcels of 16 kB wait in memory; one is being written, and one has no room yet."""
    full, sent = threading.Event(), []

    def without_end():
        while True:
            sent.append(1)
            if len(sent) == 66:
                full.set()
            yield b"x"

    server.answers.append(Answer())
    server.answers[0].parts = without_end()
    with pytest.raises(OSError, match="No space left"):
        transfer.transfer(URL, FullDisk(lambda: full.wait(10) and time.sleep(0.02)))
    server.asked[0]["thread"].join(10)
    assert not server.asked[0]["thread"].is_alive()
    assert len(sent) == 66


# ---- the bar


@pytest.fixture
def said(server, tmp_path, monkeypatch, capsys):
    """Return what is said while a file comes in two parcels, so many seconds after each other."""

    def ask(seconds, **headers):
        ticks = iter(range(10**6))
        monkeypatch.setattr("tqdm.std.time", lambda: next(ticks) * seconds)
        server.answers.append(Answer(bytes(10_000), bytes(10_000), **headers))
        transfer.transfer(URL, tmp_path / "scan.zip")
        return capsys.readouterr().err

    return ask


def test_who_waits_is_told_how_far_it_is(said):
    last = said(seconds=1, content_length="20000").strip().split("\r")[-1]
    assert last.startswith("100%|")
    assert "| 20.0k/20.0k [00:" in last
    assert last.endswith("B/s]")
    assert len(last) == 79


@pytest.mark.parametrize("length", ["", "many", "-1", "\xb2"])
def test_who_does_not_know_how_far_it_is_tells_how_much(said, length):
    last = said(seconds=1, content_length=length).strip().split("\r")[-1]
    assert last.startswith("20.0kB [00:")


def test_what_comes_at_once_needs_no_bar(said):
    assert said(seconds=0.2, content_length="20000") == ""  # it is over after two fifths
    assert said(seconds=0.3, content_length="20000") != ""


def test_where_there_is_no_terminal_there_is_no_bar(said, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw
    assert said(seconds=1, content_length="20000") == ""
