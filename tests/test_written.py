"""How a file takes its place: what is no place for one, and what is left when a disk is full."""

import os
import re
from errno import ENAMETOOLONG, ENOSPC
from pathlib import Path

import pytest

from slicekit.written import as_path, in_a_folder, whole


class Place:
    """A path of somebody else's making."""

    def __fspath__(self):
        return "scans/one.png"


@pytest.mark.parametrize("path", ["scans/one.png", Path("scans/one.png"), Place()])
def test_a_path_may_be_a_string_or_anything_that_stands_for_one(path):
    assert as_path(path) == Path("scans/one.png")


@pytest.mark.parametrize("path", [3, None, b"one.png"])
def test_what_is_no_path_is_told(path):
    for function in (as_path, in_a_folder):
        with pytest.raises(TypeError) as fault:
            function(path)
        assert str(fault.value) == f"path must be a string or a Path, got {path!r}"


def test_a_file_can_be_where_none_is_yet_and_where_one_is(tmp_path):
    place = tmp_path / "scan.png"
    assert in_a_folder(str(place)) == place
    place.write_bytes(b"old")
    assert in_a_folder(place) == place
    assert place.read_bytes() == b"old"


@pytest.mark.parametrize(
    ("name", "why"),
    [("a" * 300, os.strerror(ENAMETOOLONG)), ("a\0b", r".*embedded null (byte|character).*")],
)
def test_a_name_that_no_file_can_have_is_told_with_the_reason(tmp_path, name, why):
    shown = re.escape(repr(name)[:77] + "..." if len(name) > 80 else repr(name))
    with pytest.raises(
        ValueError, match=rf"^no file can be called {shown} \({why}\); choose an"
    ) as fault:
        in_a_folder(tmp_path / name)
    assert str(fault.value).endswith("); choose another")


def test_a_folder_that_is_not_there_or_a_folder_itself_is_no_place_for_a_file(tmp_path):
    with pytest.raises(FileNotFoundError) as missing:
        in_a_folder(tmp_path / "scans" / "one.png")
    assert (
        str(missing.value) == f"there is no folder {tmp_path / 'scans'}; make it, then save one.png"
    )
    with pytest.raises(IsADirectoryError) as folder:
        in_a_folder(tmp_path)
    assert str(folder.value) == f"{tmp_path} is a folder; add the name of a file"


def test_where_no_file_can_be_is_told_in_one_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError) as missing:
        in_a_folder("a\n" * 5 + "b/" * 500 + "c\nd")
    shown = "a a a a a b" + "/b" * 193
    assert str(missing.value) == f"there is no folder {shown}...; make it, then save c d"
    Path("a\nb").mkdir()
    with pytest.raises(IsADirectoryError, match=r"^a b is a folder"):
        in_a_folder("a\nb")


def test_what_is_begun_is_hidden_beside_its_place_and_takes_it_when_complete(tmp_path):
    place = tmp_path / "scan.png"
    place.write_bytes(b"old")
    with whole(place) as part:
        assert part.parent.parent == tmp_path
        assert re.fullmatch(r"\.part-\w{8}", part.parent.name)  # tempfile adds eight letters
        part.write_bytes(b"new")
        assert place.read_bytes() == b"old"
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("scan.png", b"new")]


def test_a_link_stays_one_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "far").mkdir()
    link, far = tmp_path / "link.png", tmp_path / "far" / "scan.png"
    link.symlink_to(far)
    with whole(link) as part:
        assert part.parent.parent == far.parent
        part.write_bytes(b"new")
    assert link.is_symlink()
    assert far.read_bytes() == b"new"


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    with whole(pipe) as part:
        assert part == pipe
        assert [path.name for path in tmp_path.iterdir()] == ["pipe.png"]
    assert pipe.is_fifo()


def faults(place):
    """Return faults of the disk that is written to, and of what is read meanwhile."""
    part, other = str(place / ".part-1" / "scan.png"), str(place / "source.npy")
    mine = [OSError(ENOSPC, "No space", *name) for name in ((), (part,), (None,))]
    others = [OSError("bad block"), OSError(ENOSPC, "No space", other), ValueError("no number")]
    return [(fault, True) for fault in mine] + [(fault, False) for fault in others]


@pytest.mark.parametrize("number", range(6))
def test_a_full_disk_leaves_what_was_there_and_is_told_and_other_faults_are_as_they_were(
    tmp_path, number
):
    fault, is_told = faults(tmp_path)[number]
    place = tmp_path / "scan.png"
    place.write_bytes(b"old")
    with pytest.raises(type(fault)) as raised, whole(place) as part:  # noqa: PT012
        part.write_bytes(b"half of it")
        raise fault
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]
    if is_told:
        words = "No space; choose another place, nothing was written to"
        assert raised.value.args == (ENOSPC, words)
        assert raised.value.filename == str(place)
        assert raised.value.__cause__ is fault
    else:
        assert raised.value is fault


class Odd:
    """A path that says what it likes of itself."""

    def __init__(self, name):
        self.name = name

    def __fspath__(self):
        if isinstance(self.name, Exception):
            raise self.name
        return self.name

    def __repr__(self):
        return "<odd>"


@pytest.mark.parametrize("name", [b"scan.nii", 3, RuntimeError("two\nlines")])
def test_a_path_that_tells_no_string_is_none(name):
    assert as_path(Odd("scan.nii")) == Path("scan.nii")
    with pytest.raises(TypeError, match=r"^path must be a string or a Path, got <odd>$"):
        as_path(Odd(name))


def test_an_empty_path_is_no_folder():
    with pytest.raises(TypeError, match=r"^path must be a string or a Path, got ''$"):
        as_path("")
