"""Fetching under fire: servers that drip, flood and lie, disks that are full, processes killed."""

import errno
import gzip
import os
import resource
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from queue import Empty
from types import SimpleNamespace

import numpy as np
import pytest
from test_data import PAGE, other_archive
from upstream import kept

import slicekit
from slicekit import data, transfer
from slicekit.download import in_words
from slicekit.transfer import DownloadError

WHOLE = data.resource(data.SAMPLE).read_bytes()


@pytest.fixture
def insist(upstream, monkeypatch):
    """Ask for the archive and nothing in its place, and return the one line that says why not."""
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")

    def ask(answer, kind=DownloadError):
        upstream.answers["attention.zip"] = answer
        with pytest.raises(kind) as caught:
            slicekit.fetch("attention")
        said = str(caught.value)
        assert said.isprintable()
        assert len(said) < 700
        return said

    return ask


# ---- servers


def raw(*parts):
    """Answer with bytes, whatever they are."""

    def answer(request):
        for part in parts:
            request.wfile.write(part)

    return answer


def head(*lines, status="200 OK"):
    return "\r\n".join([f"HTTP/1.0 {status}", *lines, "", ""]).encode()


def drip(upstream, start, drop):
    """Send something, and then a drop now and then for ever."""

    def answer(request):
        request.wfile.write(start)
        while not upstream.over.wait(0.05):
            request.wfile.write(drop)

    return answer


@pytest.mark.parametrize(
    ("start", "drop"),
    [
        (head("Content-Length: 1000000"), b"x"),
        (head("Transfer-Encoding: chunked").replace(b"/1.0", b"/1.1"), b"1\r\nx\r\n"),
        (b"HTTP/1.0 200 OK\r\nX-Slow: ", b"x"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
    ids=["in the file", "in chunks", "in the headers", "before the answer"],
)
def test_a_server_that_drips_is_left(upstream, insist, cache, monkeypatch, start, drop):
    monkeypatch.setattr(transfer, "PATIENCE", 0.5)
    assert "sends less than 1024 bytes a second" in insist(drip(upstream, start, drop))
    assert kept(cache) == []


@pytest.mark.parametrize(("size", "seconds"), [(1500, 1), (900, 0.8), (2**14, 15)])
def test_a_slow_server_is_waited_for_if_it_sends_enough(monkeypatch, size, seconds):
    parcels = slow(monkeypatch, size, seconds, count=100)
    assert sum(map(len, parcels)) == 100 * size


@pytest.mark.parametrize(("size", "seconds"), [(900, 1), (1, 0.01), (2**14, 17)])
def test_a_server_that_sends_too_little_is_not(monkeypatch, size, seconds):
    parcels = slow(monkeypatch, size, seconds, count=10_000)
    with pytest.raises(ValueError, match="less than 1024 bytes a second"):
        list(parcels)


def test_a_machine_that_was_asleep_blames_no_server(monkeypatch):
    assert list(slow(monkeypatch, 2**14, seconds=0.5, count=5, asleep=3600)) != []


def slow(monkeypatch, size, seconds, count, asleep=0.0):
    """Return what comes from a server that sends so many bytes every so many seconds."""
    clock, due = 0.0, [seconds * n for n in range(1, count + 1)]

    class Parcels:
        def get(self, timeout):
            nonlocal clock
            if not due:
                return None
            wait = due[0] - clock
            clock += min(wait, timeout) + asleep
            if wait > timeout:
                raise Empty
            due.pop(0)
            return bytes(size)

    monkeypatch.setattr(transfer, "time", SimpleNamespace(monotonic=lambda: clock))
    return transfer._paced(Parcels())


def test_a_server_that_never_stops_is_left(upstream, insist, cache, monkeypatch):
    monkeypatch.setattr(transfer, "LARGEST", 2**20)
    left = threading.Event()

    def endless(request):
        request.wfile.write(head())
        with suppress(OSError):
            while not upstream.over.is_set():
                request.wfile.write(bytes(2**16))
        left.set()

    assert "sends more than 1048576 bytes" in insist(endless)
    assert left.wait(20)  # our side of the line is closed, too
    assert kept(cache) == []


def test_what_is_packed_is_not_unpacked(insist, cache):
    bomb = gzip.compress(gzip.compress(bytes(2**26)))
    answer = raw(head("Content-Encoding: gzip, gzip", f"Content-Length: {len(bomb)}"), bomb)
    assert "the server packs it unasked, as 'gzip, gzip'" in insist(answer)
    assert kept(cache) == []


@pytest.mark.parametrize("length", ["many", "-1", "9" * 5000, "1", "\xb2"])
def test_a_length_that_is_a_lie(insist, cache, length):
    answer = raw(head().replace(b"\r\n\r\n", b""), f"\r\nContent-Length: {length}".encode("latin1"))
    said = insist(lambda request: (answer(request), raw(b"\r\n\r\nPK")(request)))
    assert "attention.zip" in said
    assert "set_int_max_str_digits" not in said  # Python has another cure for long numbers
    assert kept(cache) == []


@pytest.mark.parametrize("length", ["many", "-1", "\xb2"])
def test_a_length_that_is_no_number_is_not_asked(upstream, cache, length):
    line = f"Content-Length: {length}\r\n\r\n".encode("latin1")
    upstream.answers["attention.zip"] = raw(b"HTTP/1.0 200 OK\r\n", line, WHOLE)
    assert slicekit.fetch("attention").read_bytes() == WHOLE


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "answers what is no answer"),
        (b"\xff\x00" * 50 + b"\r\n\r\n", "answers what is no answer"),
        (head(status="404 \x1b[2J<script>" + "x" * 9000), "the server answers 404 Not Found."),
        (head(status="999 \x07"), "the server answers 999"),
        (head(*["X: " + "x" * 70_000]), "answers what is no answer"),
        (head(*["X: x"] * 200), "answers what is no answer"),
        (head("Transfer-Encoding: chunked", "", "zz\r\n").replace(b"1.0", b"1.1", 1), "broke off"),
    ],
    ids=[
        "nothing",
        "noise",
        "a long reason",
        "no such code",
        "a long line",
        "many lines",
        "chunks",
    ],
)
def test_an_answer_that_is_none_is_one_clear_line(insist, cache, answer, words):
    assert words in insist(raw(answer))
    assert kept(cache) == []


# ---- redirects


def test_a_redirect_is_followed_and_its_body_left_there(upstream, cache, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")

    def away(request):
        request.wfile.write(head("Location: /there", status="302 Found"))
        with suppress(OSError):
            while not upstream.over.is_set():  # whoever reads this to its end never comes back
                request.wfile.write(bytes(2**16))

    upstream.answers |= {"attention.zip": away, "there": upstream.send(WHOLE)}
    assert slicekit.fetch("attention").read_bytes() == WHOLE


def test_a_redirect_that_leads_in_a_circle(upstream, insist):
    assert "redirects more than 10 times" in insist(upstream.redirect("/attention.zip"))
    assert len(upstream.asked) == 11


@pytest.mark.parametrize("onward", ["http://[oops", "https://a..b/", "https://" + "a" * 70, "//"])
def test_a_redirect_to_nowhere(upstream, insist, onward):
    assert insist(upstream.redirect(onward)).startswith("attention.zip could not be downloaded")


# ---- disks


@contextmanager
def small_disk():
    """No file may be larger than 20 kB: the kernel refuses to write, as on a full disk.

    Around one call only: the limit is the whole process's, and pytest's report may go to a file.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_is_full_is_named(upstream, insist, cache):
    with small_disk():
        said = insist(upstream.send(WHOLE), OSError)
    assert said.startswith(f"cannot write to the cache {cache} (File too large); set SLICEKIT_DATA")
    assert kept(cache) == []


def test_a_disk_that_is_full_when_the_tiff_is_written(cache, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")

    def full(path, content):
        if cache in path.parents:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, content)

    write = Path.write_bytes
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match=r"^cannot write to the cache .* \(No space left on device\)"):
        slicekit.fetch("attention-mri")
    assert kept(cache) == []


def test_a_disk_that_has_no_room_for_the_checksum(upstream, insist, cache, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    monkeypatch.setattr(Path, "write_text", full)
    assert "cannot write to the cache" in insist(upstream.send(WHOLE), OSError)
    assert kept(cache) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_who_has_a_full_disk_is_told_to_make_room(cache, number):
    with (
        pytest.raises(OSError, match="make room there, or set SLICEKIT_DATA_DIR to a folder"),
        in_words("cannot write to the cache", cache),
    ):
        raise OSError(number, os.strerror(number))


def test_a_cache_removed_meanwhile_is_named(upstream, insist, cache):
    def remove(request):
        (place,) = cache.iterdir()
        for path in [*place.iterdir(), place, cache]:
            path.rmdir() if path.is_dir() else path.unlink()
        upstream.send(WHOLE)(request)

    said = insist(remove, OSError)
    assert f"the cache {cache}" in said
    assert "No such file or directory" in said
    assert kept(cache) == []


def test_a_file_that_comes_another_way_meanwhile_is_kept(upstream, cache, tmp_path):
    other = other_archive(tmp_path / "other.zip")

    def copy(request):
        other.rename(cache / "attention.zip")
        upstream.send(WHOLE)(request)

    upstream.answers["attention.zip"] = copy
    slicekit.fetch("attention")
    assert np.asarray(slicekit.load())[1, 2, 3] == 6


def test_a_half_that_is_swept_by_somebody_else_is_no_fault(upstream, cache):
    cache.mkdir()
    (cache / ".partial-gone").symlink_to(cache / "nowhere")  # listed, but not there
    upstream.answers["attention.zip"] = upstream.send(WHOLE)
    assert slicekit.fetch("attention").read_bytes() == WHOLE


@pytest.mark.parametrize("place", ["/" + "x" * 5000, "~nobody-by-this-name/cache"])
def test_a_cache_that_cannot_be(monkeypatch, place):
    monkeypatch.setenv("SLICEKIT_DATA_DIR", place)
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert slicekit.load().shape == data.SHAPE
    monkeypatch.delenv("SLICEKIT_DATASET")
    with pytest.raises(OSError, match="set SLICEKIT_DATA_DIR to a folder"):
        slicekit.fetch("attention")


def test_a_cache_that_cannot_be_read_is_like_none(monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "/" + "x" * 5000)
    monkeypatch.delenv("SLICEKIT_DATASET")
    assert slicekit.load().shape == data.SHAPE


def test_without_a_terminal_there_is_no_bar(upstream, insist, monkeypatch):
    monkeypatch.setattr(sys, "stderr", None)  # as under pythonw

    def slow(request):
        request.wfile.write(head())
        for _ in range(6):  # until a bar would be shown
            upstream.over.wait(0.2)
            request.wfile.write(PAGE)

    assert "a web page instead" in insist(slow)


@pytest.mark.parametrize("name", ["scan.html", "scan.gif", "scan.png", "scan.pdf", "{index}.png"])
def test_a_disk_that_is_full_costs_no_picture_that_was_there(tmp_path, name):
    viewer = slicekit.view(np.random.default_rng(0).random((3, 90, 90)))
    good = tmp_path / name.format(index=0)
    good.write_text("good")
    refused = pytest.raises(
        OSError, match=f"File too large; choose another place, nothing was written to: '{good}'"
    )
    with refused, small_disk():
        (viewer.to_html if name.endswith("html") else viewer.save)(tmp_path / name)
    assert good.read_text() == "good"
    assert kept(tmp_path) == [good.name]


def test_a_link_is_followed_and_a_name_without_an_ending_gets_one(tmp_path, array):
    viewer = slicekit.view(array)
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "scan.gif").symlink_to(tmp_path / "elsewhere" / "film.gif")
    viewer.save(tmp_path / "scan.gif")
    viewer.save(tmp_path / "picture")
    assert (tmp_path / "scan.gif").is_symlink()
    assert kept(tmp_path) == ["elsewhere", "film.gif", "picture.png", "scan.gif"]


def test_a_pipe_is_written_to_and_left_there(tmp_path, array):
    pipe = tmp_path / "scan.html"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as threads:
        read = threads.submit(pipe.read_bytes)
        slicekit.view(array).to_html(pipe)
        assert read.result().startswith(b"<!doctype html>")
    assert pipe.is_fifo()


def test_room_is_taken_before_a_copy_is_written(tmp_path, array):
    """What is mapped ends Python with a bus error where the disk is full meanwhile."""
    rooms = []

    class Source:
        shape, dtype = (40, 50, 60), np.dtype(float)

        def __getitem__(self, where):
            for part in tmp_path.rglob("copy.npy"):
                rooms.append(part.stat().st_blocks * 512 >= 40 * 50 * 60 * 8)
            return np.zeros(self.shape)[where]

    slicekit.save_planes(Source(), tmp_path / "copy.npy", axis=0)
    assert rooms == [True]


@pytest.mark.parametrize(("number", "left"), [(errno.ENOSPC, []), (errno.EINVAL, ["copy.npy"])])
def test_a_disk_without_room_for_a_copy(tmp_path, array, monkeypatch, number, left):
    """Or one that cannot say."""

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    with (
        nullcontext() if left else pytest.raises(OSError, match=r"choose another place.*copy\.npy")
    ):
        slicekit.save_planes(array, tmp_path / "copy.npy", axis=0)
    assert kept(tmp_path) == left


# ---- at once, and killed


def answer_both_at_once(upstream):
    """Return an answer that waits until two have asked."""
    both = threading.Barrier(2)

    def answer(request):
        both.wait(20)
        upstream.send(WHOLE)(request)

    return answer


def test_two_threads_at_once(upstream, cache):
    upstream.answers["attention.zip"] = answer_both_at_once(upstream)
    with ThreadPoolExecutor(2) as threads:
        paths = list(threads.map(slicekit.fetch, ["attention"] * 2))
    assert paths == [cache / "attention.zip"] * 2
    assert paths[0].read_bytes() == WHOLE
    assert kept(cache) == ["attention.zip", "attention.zip.sha256"]


FETCH = """
import sys
from slicekit import __main__, data
from slicekit.download import Source
data.registry = lambda: {"attention.zip": Source(None, sys.argv[1] + "attention.zip")}
sys.exit(__main__.main(["fetch"]))
"""


def another_process(upstream, **options):
    command = [sys.executable, "-c", FETCH, upstream.url]
    return subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options)


def test_two_processes_at_once(upstream, cache):
    upstream.answers["attention.zip"] = answer_both_at_once(upstream)
    processes = [another_process(upstream, stdout=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[0] for process in processes]
    assert said == [f"{cache / 'attention.zip'}\n"] * 2
    assert kept(cache) == ["attention.zip", "attention.zip.sha256"]


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_killed_half_way_leaves_no_half_file(upstream, cache, blow):
    begun = threading.Event()

    def half(request):
        request.wfile.write(head(f"Content-Length: {len(WHOLE)}") + WHOLE[:-5000])
        begun.set()
        upstream.over.wait(20)

    upstream.answers["attention.zip"] = half
    process = another_process(upstream)
    assert begun.wait(20)
    process.send_signal(blow)
    said = process.communicate()[1]
    assert process.returncode == (130 if blow == signal.SIGINT else -blow)
    if blow == signal.SIGINT:
        assert said.splitlines()[-1] == "interrupted"
        assert "Traceback" not in said
        assert kept(cache) == []
    assert not (cache / "attention.zip").exists()
    upstream.answers["attention.zip"] = upstream.send(WHOLE)
    assert slicekit.fetch("attention").read_bytes() == WHOLE


@pytest.mark.parametrize("gone", ["reader", "disk"])
def test_a_path_that_nobody_can_be_told(upstream, monkeypatch, gone):
    monkeypatch.delenv("PYTHONUNBUFFERED", raising=False)
    upstream.answers["attention.zip"] = upstream.send(WHOLE)
    if gone == "reader":
        end, out = os.pipe()
        os.close(end)
    else:
        out = os.open("/dev/full", os.O_WRONLY)
    process = another_process(upstream, stdout=out)
    os.close(out)
    said = process.communicate()[1]
    assert process.returncode == 1
    assert said == {"reader": "", "disk": "[Errno 28] No space left on device\n"}[gone]
