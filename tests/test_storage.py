"""How a volume lies in its file, and in which pieces it is copied."""

from types import SimpleNamespace

import numpy as np
import pytest

from slicekit import storage
from slicekit.storage import blocks, fast_axis, save_planes
from slicekit.volume import Volume

ARRAY = np.arange(10 * 4 * 5, dtype=np.int16).reshape(10, 4, 5)
ALL = slice(None)


@pytest.mark.parametrize(
    ("told", "axis"),
    [
        ({"strides": (4, -80, 20)}, 1),
        ({"chunks": (4, 2, 4)}, 1),
        ({"chunks": (4, 4, 4)}, None),
        ({"chunks": ((4, 1), (4,), (1, 3))}, 2),
        ({"chunks": ((4, 1), (4,), (1, 4))}, None),
        ({"strides": (), "chunks": None, "order": "C"}, 0),
        ({"order": "F"}, 2),
        ({"order": 1}, None),
        ({"order": "A"}, None),
        ({}, None),
    ],
)
def test_the_axis_along_which_slices_are_read_soonest(told, axis):
    assert fast_axis(SimpleNamespace(shape=(3, 4, 5), **told)) == axis


@pytest.mark.parametrize(
    ("array", "most", "expected"),
    [
        (ARRAY, 80, [(slice(n, n + 2),) for n in (0, 2, 4, 6, 8)]),
        (ARRAY, 159, [(slice(n, n + 3),) for n in (0, 3, 6, 9)]),
        (ARRAY, 1, [(slice(n, n + 1),) for n in range(10)]),
        (np.asfortranarray(ARRAY), 240, [(ALL, ALL, slice(0, 3)), (ALL, ALL, slice(3, 6))]),
        (ARRAY.transpose(1, 0, 2), 400, [(ALL, slice(0, 10))]),
        (ARRAY[:, :0], 3, [(slice(0, 3),), (slice(3, 6),), (slice(6, 9),), (slice(9, 12),)]),
    ],
)
def test_a_volume_is_copied_in_pieces_that_lie_together(monkeypatch, array, most, expected):
    monkeypatch.setattr(storage, "BLOCK", most)
    assert blocks(array) == expected


@pytest.mark.parametrize("axis", [0, 2, -3, -1])
def test_a_copy_replaces_what_was_there(tmp_path, axis):
    path = tmp_path / "copy.npy"
    path.write_text("another one")
    assert save_planes(Volume(ARRAY), str(path), axis) == path
    copy = np.load(path)
    assert np.array_equal(copy, ARRAY)
    assert copy.dtype == ARRAY.dtype
    assert fast_axis(copy) == axis % 3
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("array", "name", "axis", "words"),
    [
        (
            ARRAY,
            "copy.npy",
            1,
            "^axis 1 cannot lie together in .npy; use np.moveaxis first, and axis 0$",
        ),
        (ARRAY[0], "copy.npy", 0, r"needs a 3-D volume and a name in .npy, got \(4, 5\)"),
        (ARRAY * 1j, "copy.npy", 0, "^values of type complex128 have no grey; make real numbers"),
        (ARRAY.astype(object), "copy.npy", 0, "^values of type object have no grey"),
        (ARRAY, "copy.dat", 0, r"in .npy, got \(10, 4, 5\), 'copy.dat'$"),
        (
            np.ma.masked_less(ARRAY, 3),
            "copy.npy",
            0,
            r"^a .npy file cannot hold a mask; fill it first, with .filled\(\)$",
        ),
    ],
)
def test_what_cannot_be_copied_is_said_and_leaves_all_as_it_was(tmp_path, array, name, axis, words):
    path = tmp_path / name
    path.write_text("another one")
    with pytest.raises(ValueError, match=words):
        save_planes(array, path, axis)
    assert path.read_text() == "another one"
    assert list(tmp_path.iterdir()) == [path]


def test_64_mebibytes_are_copied_at_once():
    large = np.broadcast_to(np.uint8(1), (65, 1024, 1024))
    assert [where[-1] for where in blocks(large)] == [slice(0, 64), slice(64, 128)]


def test_a_fault_of_what_is_read_is_not_told_as_one_of_the_copy(tmp_path):
    class Gone:
        shape, dtype = ARRAY.shape, ARRAY.dtype

        def __getitem__(self, where):
            if where == (0, 0, slice(None)):
                return ARRAY[where]
            raise FileNotFoundError(2, "No such file", "scan.h5")

    with pytest.raises(FileNotFoundError) as caught:
        save_planes(Gone(), tmp_path / "copy.npy", 0)
    assert str(caught.value) == "[Errno 2] No such file: 'scan.h5'"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shape", [(2, 1, 3), (1, 2, 3), (2, 3, 1), (1, 1, 1)])
def test_a_volume_of_one_slice_along_an_axis_can_be_copied(tmp_path, shape):
    array = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    for axis in (0, 2):
        copy = np.load(save_planes(array, tmp_path / f"{axis}.npy", axis=axis))
        assert np.array_equal(copy, array)
        assert copy.dtype == array.dtype


def test_a_copy_takes_no_more_room_than_its_voxels(tmp_path):
    path = save_planes(ARRAY, tmp_path / "copy.npy", axis=0)
    assert path.stat().st_size == 128 + ARRAY.nbytes


def test_a_file_that_is_cut_short_while_it_is_copied_ends_the_copy_and_not_python(tmp_path):
    scan = tmp_path / "scan.raw"
    ARRAY.tofile(scan)
    mapped = np.memmap(scan, ARRAY.dtype, "r", shape=ARRAY.shape)
    with scan.open("r+b") as file:
        file.truncate(ARRAY.nbytes - 100)  # within the page: whoever does not look reads zeros
    with pytest.raises(
        OSError, match=r"scan.raw was cut short since it was opened; open it again$"
    ):
        save_planes(mapped, tmp_path / "copy.npy", axis=0)
    assert list(tmp_path.iterdir()) == [scan]
