"""One file of the cache, whole or not at all, with a transfer that needs no server."""

import errno
import hashlib
import os
import re
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import pooch
import pytest
from upstream import kept

from slicekit.download import Source, download, in_words, workplace, writable
from slicekit.transfer import DownloadError

URL = "https://example.org/scan.zip"
GOOD = f"sha256:{hashlib.sha256(b'good').hexdigest()}"
BAD = f"sha256:{hashlib.sha256(b'bad').hexdigest()}"
CURE = "set SLICEKIT_DATA_DIR to a folder of your own"


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "some" / "cache"


@pytest.fixture
def sent(monkeypatch):
    """What comes for each address that is asked."""
    answers = {URL: b"good", "": b"nothing was asked for"}
    monkeypatch.setattr(
        "slicekit.download.transfer", lambda url, path: path.write_bytes(answers[url])
    )
    return answers


def no_bad_one(path):
    if path.read_bytes() == b"bad":
        raise ValueError("it is bad")


def bring(folder, checksum=None, url=URL, check=no_bad_one):
    return download("scan.zip", Source(checksum, url), folder, check)


def said(error, ask, *arguments, **options):
    with pytest.raises(error) as caught:
        ask(*arguments, **options)
    return str(caught.value)


@pytest.mark.parametrize("checksum", [None, GOOD])
def test_a_file_that_comes_is_kept_with_its_checksum(folder, sent, checksum):
    assert bring(folder, checksum) == folder / "scan.zip"
    assert kept(folder) == ["scan.zip", "scan.zip.sha256"]
    assert (folder / "scan.zip").read_bytes() == b"good"
    assert (folder / "scan.zip.sha256").read_text() == f"{GOOD}\n"
    sent.clear()
    assert bring(folder, checksum) == folder / "scan.zip"  # and nothing is asked for again


def test_what_comes_is_looked_at_before_it_has_its_name(folder, sent):
    seen = []
    bring(folder, check=lambda path: seen.append((path, kept(folder))))
    (path, there), *_ = seen
    assert path.name == "scan.zip"
    assert re.fullmatch(r"\.partial-\w+", path.parent.name)
    assert path.parent.parent == folder
    assert there == [path.parent.name, "scan.zip"]


def test_a_file_of_which_nobody_knows_whence_is_asked_for_nowhere(folder, sent):
    bring(folder, url=None)
    assert (folder / "scan.zip").read_bytes() == b"nothing was asked for"


@pytest.mark.parametrize(
    ("checksum", "content", "why"),
    [
        (None, b"bad", "it is bad"),
        (GOOD, b"bad", "it is bad"),
        (BAD, b"good", f"its checksum is {GOOD}, expected {BAD}"),
    ],
)
def test_what_is_not_the_right_file_is_not_kept(folder, sent, checksum, content, why):
    sent[URL] = content
    words = f"scan.zip from {URL} is not the right file: {why}. Nothing was kept."
    assert said(DownloadError, bring, folder, checksum) == words
    assert kept(folder) == []


def test_what_was_recorded_counts_where_nothing_is_pinned(folder, sent):
    folder.mkdir(parents=True)
    (folder / "scan.zip.sha256").write_text(f" {BAD} \n")
    why = f"its checksum is {GOOD}, expected {BAD} (by scan.zip.sha256; delete that if it is old)"
    assert f"{why}. Nothing was kept." in said(DownloadError, bring, folder)
    assert bring(folder, GOOD) == folder / "scan.zip"


@pytest.mark.parametrize(
    "record", [b"", b"\xff\xfe", b"sha256:12", f"{BAD}0".encode(), BAD.upper().encode()]
)
def test_a_record_that_is_none_counts_for_nothing(folder, sent, record):
    folder.mkdir(parents=True)
    (folder / "scan.zip.sha256").write_bytes(record)
    bring(folder)
    assert (folder / "scan.zip.sha256").read_text() == f"{GOOD}\n"


# ---- what lies in the cache


def lay(folder, content, record=None):
    folder.mkdir(parents=True)
    (folder / "scan.zip").write_bytes(content)
    if record:
        (folder / "scan.zip.sha256").write_text(record)


@pytest.mark.parametrize(("checksum", "record"), [(None, BAD), (BAD, None), (BAD, GOOD)])
def test_a_file_that_has_changed_is_named(folder, sent, checksum, record):
    lay(folder, b"good", record)
    assert said(ValueError, bring, folder, checksum) == (
        f"{folder / 'scan.zip'} has changed: its checksum is {GOOD}, expected {BAD}; "
        "delete it and scan.zip.sha256, and fetch it again"
    )


def test_a_file_put_there_by_hand_is_looked_at_once(folder, sent):
    lay(folder, b"good")
    bring(folder)
    assert (folder / "scan.zip.sha256").read_text() == f"{GOOD}\n"
    bring(folder, check=None)


def test_a_bad_file_put_there_by_hand_is_named(folder, sent):
    lay(folder, b"bad")
    words = f"{folder / 'scan.zip'}: it is bad; delete it, and fetch it again"
    assert said(ValueError, bring, folder) == words
    assert bring(folder, BAD) == folder / "scan.zip"  # but a pinned checksum decides
    assert kept(folder) == ["scan.zip"]


def test_a_cache_of_others_may_be_read_where_nothing_can_be_recorded(folder, sent, monkeypatch):
    lay(folder, b"good")
    monkeypatch.setattr(Path, "write_text", refuse(errno.EROFS))
    assert bring(folder) == folder / "scan.zip"


def test_what_is_no_file_is_named(folder, sent):
    (folder / "scan.zip").mkdir(parents=True)
    words = f"{folder / 'scan.zip'} is not a file; remove it, and fetch it again"
    assert said(ValueError, bring, folder) == words


# ---- what the system refuses


def refuse(number):
    def fail(*_, **__):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("name", ["write_text", "replace", "mkdir"])
def test_a_cache_that_cannot_be_written_is_named(folder, sent, monkeypatch, name):
    monkeypatch.setattr(Path, name, refuse(errno.EACCES))
    words = f"cannot write to the cache {folder} (Permission denied); {CURE}"
    assert said(OSError, bring, folder) == words


@pytest.mark.parametrize("name", ["transfer", "TemporaryFile", "TemporaryDirectory"])
def test_a_cache_in_which_nothing_can_be_made_is_named(folder, sent, monkeypatch, name):
    monkeypatch.setattr(f"slicekit.download.{name}", refuse(errno.EACCES))
    words = f"cannot write to the cache {folder} (Permission denied); {CURE}"
    assert said(OSError, bring, folder) == words


@pytest.mark.parametrize(("where", "name"), [(Path, "read_bytes"), (pooch, "file_hash")])
def test_a_cache_that_cannot_be_read_is_named(folder, sent, monkeypatch, where, name):
    lay(folder, b"good", GOOD)
    monkeypatch.setattr(where, name, refuse(errno.EACCES))
    words = f"cannot read the cache {folder} (Permission denied); {CURE}"
    assert said(OSError, bring, folder) == words


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(errno.ENOSPC, "No space left"), f"(No space left); make room there, or {CURE}"),
        (OSError(errno.EDQUOT, "Quota"), f"(Quota); make room there, or {CURE}"),
        (OSError(errno.EACCES, "Denied"), f"(Denied); {CURE}"),
        (OSError("odd"), f"(odd); {CURE}"),
    ],
)
def test_what_the_system_says_is_told_with_a_cure(tmp_path, fault, words):
    with pytest.raises(OSError, match=f"^{re.escape(f'no use of {tmp_path} {words}')}$"):  # noqa: SIM117
        with in_words("no use of", tmp_path):
            raise fault


def test_a_folder_with_a_long_name_leaves_room_on_the_screen():
    with (
        pytest.raises(OSError, match="a b/a") as caught,
        in_words("no use of", Path("a\nb/" * 999)),
    ):
        raise OSError("odd")
    assert str(caught.value) == f"no use of {'a b/' * 99}a... (odd); {CURE}"


def test_a_cache_is_made_with_all_that_it_lies_in_and_may_be_there(folder):
    assert writable(folder) == folder
    assert writable(folder) == folder
    assert kept(folder) == []


def test_whether_a_cache_can_be_written_is_tried_there(folder, monkeypatch):
    tried = []
    monkeypatch.setattr(
        "slicekit.download.TemporaryFile", lambda **where: nullcontext(tried.append(where))
    )
    writable(folder)
    assert tried == [{"dir": folder}]


# ---- what is left behind


def test_what_cannot_be_removed_is_left_for_a_later_sweep(folder, monkeypatch):
    with workplace(folder) as place:
        (place / "half").write_bytes(b"")
        monkeypatch.setattr(os, "unlink", refuse(errno.EBUSY))
    monkeypatch.undo()
    assert kept(folder) == [place.name, "half"]


@pytest.mark.parametrize(("age", "left"), [(3600, True), (3601, False)])
def test_what_nobody_has_written_to_for_an_hour_is_swept_up(folder, monkeypatch, age, left):
    half, other = folder / ".partial-half", folder / "partial"
    for path in (half, other):
        path.mkdir(parents=True)
        os.utime(path, (1000, 1000))
    monkeypatch.setattr("slicekit.download.time", SimpleNamespace(time=lambda: 1000 + age))
    with workplace(folder):
        assert half.exists() == left
    assert other.exists()


def test_what_was_written_to_lately_is_somebody_elses(folder, monkeypatch):
    half = folder / ".partial-half"
    half.mkdir(parents=True)
    (half / "file").write_bytes(b"")
    os.utime(half / "file", (5000, 5000))
    os.utime(half, (1000, 1000))
    monkeypatch.setattr("slicekit.download.time", SimpleNamespace(time=lambda: 8000))
    with workplace(folder):
        assert half.exists()


# ---- the record


def test_a_record_that_is_no_file_is_not_waited_for(folder, sent):
    lay(folder, b"good")
    os.mkfifo(folder / "scan.zip.sha256")
    words = f"{folder / 'scan.zip.sha256'} is not a file; remove it"
    assert said(ValueError, bring, folder) == words
