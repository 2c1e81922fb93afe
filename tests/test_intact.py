"""Whether a file holds what its header tells of: the sizes at which it is no longer believed."""

import logging
import re
import warnings
import zlib
from contextlib import suppress
from types import SimpleNamespace

import nibabel as nib
import numpy as np
import pytest
from PIL import Image
from tifffile import TiffFile, imwrite

import slicekit
from slicekit.intact import check_nibabel, check_tiff, in_one_voice, most_packed

ERROR, WARNING = logging.ERROR, logging.WARNING


class Parts(SimpleNamespace):
    """Something with these parts, as far as we ask it."""

    __hash__ = object.__hash__


def tiff(nbytes=100, held=1000, compression=1, counts=(100,), start=8, text=None, series=1):
    """Return what tifffile tells of a file with one image, or of one with no series."""
    parent = Parts(filehandle=Parts(size=held))
    page = Parts(parent=parent, databytecounts=counts, dataoffsets=[start])
    page.keyframe = Parts(compression=compression, chunks=(4, 25), dtype=np.dtype(np.uint8))
    all_of_it = Parts(pages=[page], nbytes=nbytes)
    return Parts(ome_metadata=text, series=[all_of_it] * series, filehandle=parent)


def test_a_tiff_that_can_be_in_its_file_is_believed():
    check_tiff(tiff())
    check_tiff(tiff(counts=(1, 1000)))
    check_tiff(tiff(nbytes=8000))  # pixels of one bit
    check_tiff(tiff(nbytes=1000 * 2**16, compression=8))
    check_tiff(tiff(text='PlaneCount="16777216"'))


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (tiff(series=0), "it holds no series of images; save one alone"),
        (tiff(nbytes=8001), "its header tells of 8001 bytes, in a file of 1000"),
        (
            tiff(nbytes=65536001, compression=8),
            "its header tells of 65536001 bytes, in a file of 1000",
        ),
        (tiff(counts=(100, 0)), "some of its images are not there"),
        (tiff(counts=(100, 1001)), "some of its images are not there"),
        (tiff(start=7), "its voxels begin inside its header"),
        (tiff(text='<Pixels PlaneCount="16777217">'), "it tells of 16777217 planes"),
        (tiff(text='NumPlanes="16777217" FirstC="9"'), "it tells of 16777217 planes"),
        (tiff(text='FirstZ="16777217"'), "it tells of 16777217 planes"),
        (tiff(text=f'FirstZ="{"0" * 20}99999999"'), f"it tells of {'0' * 20}99999999 planes"),
        (tiff(text=f'FirstZ="{"9" * 5000}"'), f"it tells of {'9' * 5000} planes"),
    ],
)
def test_a_tiff_that_cannot_be_in_its_file_is_refused(file, words):
    with pytest.raises(ValueError, match=f"^{words}$"):
        check_tiff(file)


def test_an_image_that_is_not_there_is_noticed():
    file = tiff()
    file.series[0].pages.append(None)  # as tifffile tells it
    with pytest.raises(ValueError, match=r"^some of its images are not there$"):
        check_tiff(file)


def test_a_tiff_may_begin_with_its_voxels(tmp_path, array):
    images = [Image.fromarray(plane.astype(np.uint16)) for plane in array]
    options = {"save_all": True, "append_images": images[1:], "compression": "tiff_adobe_deflate"}
    images[0].save(tmp_path / "scan.tif", **options)
    with TiffFile(tmp_path / "scan.tif") as file:
        assert file.pages[0].dataoffsets == (8,)
    assert np.array_equal(slicekit.load(tmp_path / "scan.tif"), array)


# ---- what is compressed


class Bottomless:
    """A compressed file that unpacks to so many zeros."""

    def __init__(self, left):
        self.left, self.asked = left, []

    def __call__(self, path):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, size):
        self.asked.append(size)
        part = bytes(min(size, self.left))
        self.left -= len(part)
        return part


@pytest.mark.parametrize(("more", "words"), [(0, None), (1, "far more than its voxels")])
def test_what_is_compressed_may_unpack_to_so_much_more_than_its_voxels(
    more, words, tmp_path, array, monkeypatch
):
    nib.save(nib.Nifti1Image(array, np.eye(4)), tmp_path / "scan.nii.gz")
    image, most = nib.load(tmp_path / "scan.nii.gz"), 352 + array.nbytes + 2**28
    stream = Bottomless(most + more)
    monkeypatch.setattr("nibabel.openers.ImageOpener", stream)
    if words is None:
        check_nibabel(image)
    else:
        words = f"^it unpacks to more than {most} bytes, {words}$"
        with pytest.raises(ValueError, match=words):
            check_nibabel(image)
    assert max(stream.asked) <= 2**26  # in parts that are neither large
    assert len(stream.asked) < 100  # nor many


@pytest.mark.parametrize("name", ["scan.nii.gz", "scan.NII.GZ", "scan.nii.bz2", "scan.nii.zst"])
def test_a_compressed_file_is_as_long_as_what_it_unpacks_to(name, tmp_path, array, monkeypatch):
    nib.save(nib.Nifti1Image(array, np.eye(4)), tmp_path / "scan.nii")
    image = nib.load(tmp_path / "scan.nii")
    (tmp_path / name).write_bytes(bytes(9999))
    image.file_map["image"].filename = str(tmp_path / name)
    monkeypatch.setattr("nibabel.openers.ImageOpener", Bottomless(7))
    with pytest.raises(
        ValueError, match=r"^it is cut short: 7 bytes, and its header tells of 592; copy it again$"
    ):
        check_nibabel(image)


def test_voxels_may_not_begin_inside_the_header():
    voxels = Parts(offset=351, shape=(4, 5, 6), dtype=np.dtype("i2"))
    image = Parts(header=Parts(is_single=True, single_vox_offset=352), dataobj=voxels, file_map={})
    with pytest.raises(ValueError, match=r"^its voxels begin at byte 351, inside its header$"):
        check_nibabel(image)
    voxels.offset = 352
    check_nibabel(image)


def test_a_header_whose_voxels_are_gone_says_where_they_were(tmp_path):
    voxels = Parts(offset=0, shape=(4, 5, 6), dtype=np.dtype("i2"))
    files = {"image": Parts(filename=tmp_path / "gone.BRIK")}
    words = re.escape(f"{tmp_path / 'gone.BRIK'}, which holds its voxels, is gone")
    with pytest.raises(ValueError, match=f"^{words}; put it back there$"):
        check_nibabel(Parts(header=Parts(), dataobj=voxels, file_map=files))


# ---- what libraries say


def say(library, level, text):
    logging.getLogger(library).log(level, text)


LOST = [("tifffile", ERROR, "page 3 is lost"), ("tifffile", WARNING, "page 3 is zeroed")]


@pytest.mark.parametrize(("library", "level", "text"), LOST)
def test_what_is_lost_is_an_error_at_once(library, level, text):
    begun = []

    def read():
        with in_one_voice("scan.tif"):
            begun.append(1)
            say(library, level, text)
            begun.append(2)

    with pytest.raises(ValueError, match=f"^{text}$"):
        read()
    assert begun == [1]


@pytest.mark.parametrize(("library", "level", "text"), LOST)
def test_what_is_lost_is_an_error_where_the_library_goes_on(library, level, text):
    def read():
        with in_one_voice("scan.tif"):
            for said in (text, "and more is zeroed"):
                with suppress(ValueError):
                    say(library, level, said)

    with pytest.raises(ValueError, match=f"^{text}$"):
        read()


@pytest.mark.parametrize(
    ("library", "level", "texts"),
    [
        ("tifffile", WARNING, ["odd", "flat", "od\nd"]),
        ("tifffile", ERROR, ["a series is odd", "flat series", "a series\n is odd"]),
        ("nibabel.global", ERROR, ["odd", "zeroed", "odd"]),
    ],
)
def test_what_is_said_becomes_one_warning(library, level, texts, caplog, capfd):
    def read():
        with in_one_voice("scan"):
            for text in texts:
                say(library, level, text)
            warnings.warn("warned", UserWarning, stacklevel=1)
            warnings.warn("overflow", RuntimeWarning, stacklevel=1)

    told = [" ".join(text.split()) for text in texts]
    words = "scan: " + "; ".join(dict.fromkeys([*told, "warned"]))
    with pytest.warns(UserWarning, match=f"^{re.escape(words)}$"):
        read()
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_what_is_only_of_pythons_own_kind_is_not_said():
    with warnings.catch_warnings(record=True) as told, in_one_voice("scan"):
        warnings.warn("overflow", RuntimeWarning, stacklevel=1)
    assert told == []


@pytest.mark.parametrize("library", ["tifffile", "nibabel.global"])
def test_afterwards_libraries_say_what_they_like(library, caplog):
    with in_one_voice("scan"):
        pass
    with suppress(KeyError), in_one_voice("scan"):
        raise KeyError
    say(library, ERROR, "strange")
    assert [record.message for record in caplog.records] == ["strange"]


def test_an_image_that_unpacks_to_more_than_its_header_tells_is_not_unpacked(tmp_path):
    packed = zlib.compress(bytes(2**26), 9)  # 64 MiB, where 40 bytes belong
    options = {"shape": (3, 8, 5), "dtype": "u1", "photometric": "minisblack"}
    imwrite(tmp_path / "bomb.tif", iter([packed] * 3), compression="zlib", **options)
    with pytest.raises(ValueError, match="some of its images unpack to more than its header tells"):
        slicekit.load(tmp_path / "bomb.tif")


def test_lzw_may_make_noise_larger(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (400, 300), np.uint8)
    Image.fromarray(noise).save(tmp_path / "scan.tif", compression="tiff_lzw")
    with TiffFile(tmp_path / "scan.tif") as file:
        assert sum(file.pages[0].databytecounts) > 1.3 * noise.nbytes
        check_tiff(file)


def test_a_packed_part_may_have_twice_what_it_unpacks_to_and_four_kilobytes():
    page = SimpleNamespace(compression=5, chunks=(10, 100), dtype=np.dtype("u2"))
    assert most_packed(page) == 2 * 10 * 100 * 2 + 4096
    page.compression = 1
    assert most_packed(page) == np.inf


def test_only_what_is_packed_may_be_a_bomb():
    packed = tiff(compression=8, held=9000, counts=(200 + 2**12,))
    check_tiff(packed)
    packed.series[0].pages[0].databytecounts = (201 + 2**12,)
    with pytest.raises(
        ValueError, match=r"^some of its images unpack to more than its header tells of$"
    ):
        check_tiff(packed)
    check_tiff(tiff(compression=1, held=9000, counts=(9000,)))


@pytest.mark.parametrize("compression", ["tiff_adobe_deflate", "packbits"])
def test_what_packing_makes_larger_is_believed(tmp_path, compression):
    noise = np.random.default_rng(0).integers(0, 256, (3, 200, 300), np.uint8)
    images = [Image.fromarray(plane) for plane in noise]
    options = {"save_all": True, "append_images": images[1:], "compression": compression}
    images[0].save(tmp_path / "scan.tif", **options)
    assert np.array_equal(slicekit.load(tmp_path / "scan.tif"), noise)


def test_the_sizes_of_an_mgh_file_do_not_overflow(tmp_path):
    head = bytearray(nib.MGHImage(np.zeros((5, 6, 7), "f4"), np.eye(4)).to_bytes())
    head[4:8] = (2**31 - 1).to_bytes(4, "big")
    (tmp_path / "scan.mgh").write_bytes(head)
    end = 284 + (2**31 - 1) * 6 * 7 * 4
    words = f"it is cut short: [0-9]+ bytes, and its header tells of {end}; copy it again"
    with pytest.raises(ValueError, match=f"^cannot read scan.mgh: {words}"):
        slicekit.load(tmp_path / "scan.mgh")
