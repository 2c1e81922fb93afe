import gzip
import os
import pickle
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
import tifffile

import slicekit
from slicekit.files import (
    READERS,
    opened,
    read_series,
    read_volume,
    told_affine,
    voxels_of,
    what_failed,
)

SPACING = (1.5, 0.5, 3.0)
AFFINE = np.diag([*SPACING, 1.0])
NIBABELS = Path(nib.__file__).parent / "tests" / "data"
WRITERS = {
    "nifti": (nib.Nifti1Image, "scan.nii"),
    "nifti, compressed": (nib.Nifti1Image, "scan.nii.gz"),
    "nifti pair": (nib.Nifti1Pair, "scan.hdr"),
    "nifti-2": (nib.Nifti2Image, "scan.nii"),
    "analyze pair": (nib.AnalyzeImage, "scan.img"),
    "spm analyze pair": (nib.Spm99AnalyzeImage, "scan.hdr"),
}


@pytest.mark.parametrize("kind", WRITERS)
def test_reads_what_nibabel_wrote(kind, tmp_path, array):
    image_class, name = WRITERS[kind]
    nib.save(image_class(array, AFFINE), tmp_path / name)
    volume = slicekit.load(tmp_path / name)
    assert np.array_equal(volume, array)
    assert volume.spacing == SPACING
    assert volume.plane(2, axis=1).dtype == array.dtype
    assert volume.name == name


def test_big_endian(tmp_path, array):
    header = nib.Nifti1Header(endianness=">")
    nib.save(nib.Nifti1Image(array.astype(">i2"), AFFINE, header), tmp_path / "scan.nii")
    assert (tmp_path / "scan.nii").read_bytes()[:4] == b"\x00\x00\x01\x5c"
    volume = slicekit.load(tmp_path / "scan.nii")
    assert np.array_equal(volume, array)
    assert volume.spacing == SPACING


def test_scaled_integers(tmp_path, array):
    image = nib.Nifti1Image(array, AFFINE)
    image.header.set_slope_inter(0.5, 10)
    nib.save(image, tmp_path / "scan.nii")
    assert np.allclose(slicekit.load(tmp_path / "scan.nii").plane(1), array[1] * 0.5 + 10)


def test_spacing_of_a_4d_header_is_the_first_three_sizes(tmp_path, array):
    image = nib.Nifti1Image(array[..., None], AFFINE)
    image.header.set_zooms((*SPACING, 3.22))
    nib.save(image, tmp_path / "scan.nii")
    volume = slicekit.load(tmp_path / "scan.nii")
    assert volume.spacing == SPACING
    assert np.array_equal(volume, array)


def test_axes_of_length_one_behind_the_third_are_dropped(tmp_path, array):
    nib.save(nib.Nifti1Image(array[..., None, None], AFFINE), tmp_path / "scan.nii")
    assert np.array_equal(slicekit.load(tmp_path / "scan.nii"), array)
    assert np.array_equal(read_series(tmp_path / "scan.nii")[0], array)


def test_a_series_asks_which_volume(tmp_path, array):
    series = np.stack([array, array + 1000], axis=-1)
    nib.save(nib.Nifti1Image(series, AFFINE), tmp_path / "run.nii")
    words = "run.nii: it is a series of 2 volumes, shape (4, 5, 6, 2); choose one: load('run.nii', "
    with pytest.raises(ValueError, match=re.escape(f"{words}frame=0). slicekit reads")):
        slicekit.load(tmp_path / "run.nii")
    assert np.array_equal(slicekit.load(tmp_path / "run.nii", frame=1), array + 1000)
    assert np.array_equal(read_series(tmp_path / "run.nii")[0], series)
    with pytest.raises(ValueError, match=r"run.nii: frame 2 is out of range; use 0 to 1\."):
        slicekit.load(tmp_path / "run.nii", frame=2)


def test_uncompressed_files_stay_on_disk(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    np.save(tmp_path / "scan.npy", array)
    for name in ("scan.nii", "scan.npy"):
        mapped = slicekit.load(tmp_path / name).array
        assert isinstance(mapped, np.memmap)
        assert mapped.mode != "r+"  # whoever writes into it changes no file


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("axes", ["ZYX", "TZYX"])
def test_a_tiff_in_one_piece_stays_on_disk(tmp_path, array, order, axes):
    values = array.astype(order + "f4") if axes == "ZYX" else np.stack([array, array + 1000])
    about = {"metadata": {"axes": axes}, "photometric": "minisblack"}
    tifffile.imwrite(tmp_path / "run.tif", values, byteorder=order, **about)
    read = read_series(tmp_path / "run.tif")[0]
    assert isinstance(read, np.memmap)
    assert np.array_equal(read, values if axes == "ZYX" else np.moveaxis(values, 0, -1))
    assert not read.flags.writeable


def test_a_large_tiff_is_not_read(tmp_path):
    shape = (2**10, 2**10, 2**10)  # 1 GiB, in a file that takes no room
    kind = {"dtype": "u1", "photometric": "minisblack"}
    tifffile.imwrite(tmp_path / "huge.tif", shape=shape, **kind)
    volume = slicekit.load(tmp_path / "huge.tif")
    assert volume.shape == shape
    assert isinstance(volume.array, np.memmap)
    assert not volume.plane(2**9).any()


@pytest.mark.parametrize(
    "how", [{"compression": "zlib"}, {"rowsperstrip": 1, "predictor": True, "compression": "zlib"}]
)
def test_a_tiff_in_pieces_is_read_whole(tmp_path, array, how):
    tifffile.imwrite(tmp_path / "packed.tif", array, photometric="minisblack", **how)
    volume = slicekit.load(tmp_path / "packed.tif")
    assert not isinstance(volume.array, np.memmap)
    assert np.array_equal(volume, array)


@pytest.mark.parametrize("scale", [(2, 1), (2, 0), (1, 1)])
def test_files_with_a_scale_stay_on_disk(tmp_path, array, scale):
    scaled = nib.Nifti1Image(array, AFFINE)
    scaled.header.set_slope_inter(*scale)
    nib.save(scaled, tmp_path / "scan.nii")
    volume = slicekit.load(tmp_path / "scan.nii")
    assert not isinstance(volume.array, np.ndarray)
    assert np.array_equal(volume.plane(1), nib.load(tmp_path / "scan.nii").get_fdata()[1])


def test_an_afni_file_keeps_its_scale_where_others_do_not():
    path = NIBABELS / "scaled+tlrc.HEAD"
    right = np.asanyarray(nib.load(path).dataobj)
    assert 0 < right[20, 20, 20, 0] < 0.001
    assert np.array_equal(slicekit.load(path), right[..., 0])
    assert np.array_equal(opened(nib.load(path))[0], right)


def test_only_the_proxy_that_is_known_is_passed_by(tmp_path, array, monkeypatch):
    class Doubled(nib.arrayproxy.ArrayProxy):
        def _get_scaled(self, dtype, slicer):
            return 2 * super()._get_scaled(dtype, slicer)

    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    monkeypatch.setattr(nib.Nifti1Image, "ImageArrayProxy", Doubled)
    assert np.array_equal(slicekit.load(tmp_path / "scan.nii"), 2 * array)


def test_compressed_files_are_unpacked_once_in_their_own_type(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii.gz")
    whole = slicekit.load(tmp_path / "scan.nii.gz").array
    assert isinstance(whole, np.ndarray)
    assert whole.dtype == array.dtype


def test_the_end_of_a_name_says_how_a_file_is_read(tmp_path, array):
    for end in (".tif", ".tiff", ".TIFF", ".npy", ".NPY"):
        with (tmp_path / f"scan{end}").open("wb") as file:
            if end.lower() == ".npy":
                np.save(file, array)
            else:
                tifffile.imwrite(file, array, photometric="minisblack")
        volume = slicekit.load(f"{tmp_path}/scan{end}")
        assert np.array_equal(volume, array)
        assert volume.spacing == (1, 1, 1)


def test_a_header_that_disagrees_with_itself_is_reported(tmp_path, array):
    image = nib.Nifti1Image(array, np.diag([2 / 3, 2, 2, 1]))
    image.header["pixdim"][1:4] = SPACING
    image.header["sform_code"], image.header["qform_code"] = 1, 0
    path = tmp_path / "scan.nii"
    path.write_bytes(image.to_bytes())
    words = (
        "scan.nii: voxel sizes (1.5, 0.5, 3.0) mm in the header, (0.666667, 2.0, 2.0) mm in the "
        "affine; slicekit goes by the header"
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(words)}$"):
        assert slicekit.load(path).spacing == SPACING


def test_a_header_that_disagrees_by_less_than_a_thousandth_is_believed(tmp_path, array):
    image = nib.Nifti1Image(array, AFFINE * [1.0005, 1, 1, 1])
    image.header["pixdim"][1:4] = SPACING
    (tmp_path / "scan.nii").write_bytes(image.to_bytes())
    assert slicekit.load(tmp_path / "scan.nii").spacing == SPACING


def test_a_header_that_disagrees_by_more_is_not(tmp_path, array):
    image = nib.Nifti1Image(array, AFFINE * [1.002, 1, 1, 1])
    image.header["pixdim"][1:4] = SPACING
    (tmp_path / "scan.nii").write_bytes(image.to_bytes())
    with pytest.warns(UserWarning, match=r"^scan.nii: voxel sizes .* mm in the header, \(1\.503, "):
        assert slicekit.load(tmp_path / "scan.nii").spacing == SPACING


def test_a_step_in_time_may_be_any(array):
    image = nib.Nifti1Image(np.stack([array] * 2, axis=-1), AFFINE)
    for step in (0.0, 2.5):
        image.header.set_zooms((*SPACING, step))
        assert opened(image)[1] == (*SPACING, step)


def test_impossible_voxel_sizes_are_reported(tmp_path, array):
    nib.save(nib.AnalyzeImage(array, AFFINE), tmp_path / "scan.img")
    raw = bytearray((tmp_path / "scan.hdr").read_bytes())
    raw[80:84] = np.float32(np.nan).tobytes()  # pixdim[1]
    (tmp_path / "scan.hdr").write_bytes(raw)
    words = (
        "scan.hdr: its header gives voxel sizes (nan, 0.5, 3.0), which cannot be; "
        "taking 1 x 1 x 1 mm"
    )
    with pytest.warns(UserWarning, match=f"^{re.escape(words)}$"):
        assert slicekit.load(tmp_path / "scan.hdr").spacing == (1, 1, 1)


def _truncated(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    whole = (tmp_path / "scan.nii").read_bytes()
    (tmp_path / "cut.nii").write_bytes(whole[:-10])
    return "cut.nii"


def _truncated_gzip(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii.gz")
    whole = (tmp_path / "scan.nii.gz").read_bytes()
    (tmp_path / "cut.nii.gz").write_bytes(whole[: len(whole) // 2])
    return "cut.nii.gz"


def _header_alone(tmp_path, array):
    nib.save(nib.Nifti1Pair(array, AFFINE), tmp_path / "scan.hdr")
    (tmp_path / "scan.img").unlink()
    return "scan.hdr"


def _flat(tmp_path, array):
    np.save(tmp_path / "flat.npy", array[0])
    return "flat.npy"


def _pickle(tmp_path, array):
    np.save(tmp_path / "objects.npy", np.array([{}, None]), allow_pickle=True)
    return "objects.npy"


def _text(tmp_path, array):
    (tmp_path / "notes.txt").write_text("not a volume")
    return "notes.txt"


def _fake_gzip(tmp_path, array):
    (tmp_path / "fake.nii.gz").write_bytes(gzip.compress(b"nothing in here"))
    return "fake.nii.gz"


def _colours(tmp_path, array):
    rgb = np.zeros((4, 5, 6), dtype=[("R", "u1"), ("G", "u1"), ("B", "u1")])
    nib.save(nib.Nifti1Image(rgb, AFFINE), tmp_path / "rgb.nii")
    return "rgb.nii"


def _flipped_gzip(tmp_path, array):
    noise = np.random.default_rng(0).integers(0, 2**15, (30, 40, 50), dtype=np.int16)
    nib.save(nib.Nifti1Image(noise, AFFINE), tmp_path / "scan.nii.gz")
    whole = bytearray((tmp_path / "scan.nii.gz").read_bytes())
    whole[len(whole) // 2] ^= 1
    (tmp_path / "flipped.nii.gz").write_bytes(whole)
    return "flipped.nii.gz"


def _image_alone(tmp_path, array):
    nib.save(nib.Nifti1Pair(array, AFFINE), tmp_path / "scan.hdr")
    (tmp_path / "scan.hdr").unlink()
    return "scan.img"


def _complex(tmp_path, array):
    np.save(tmp_path / "wave.npy", array * 1j)
    return "wave.npy"


def _empty(tmp_path, array):
    np.save(tmp_path / "none.npy", array[:0])
    return "none.npy"


def _negative(tmp_path, array):
    whole = bytearray(nib.Nifti1Image(array, AFFINE).to_bytes())
    whole[44:46] = np.int16(-5).tobytes()  # dim[2]
    (tmp_path / "scan.nii").write_bytes(whole)
    return "scan.nii"


def _zero_bytes(tmp_path, array):
    (tmp_path / "zero.nii").write_bytes(b"")
    return "zero.nii"


def _colour_tiff(tmp_path, array):
    tifffile.imwrite(tmp_path / "rgb.tif", np.zeros((4, 5, 3), np.uint8), photometric="rgb")
    return "rgb.tif"


def _palette(tmp_path, array):
    table = np.zeros((3, 256), np.uint16)
    tifffile.imwrite(
        tmp_path / "pal.tif", array.astype("u1"), photometric="palette", colormap=table
    )
    return "pal.tif"


def _five_axes(tmp_path, array):
    nib.save(nib.Nifti1Image(np.zeros((4, 5, 6, 1, 2), np.int16), AFFINE), tmp_path / "five.nii")
    return "five.nii"


def _two_series(tmp_path, array):
    with tifffile.TiffWriter(tmp_path / "two.tif") as file:
        file.write(array, photometric="minisblack")
        file.write(array[:, :, :3].astype(np.uint8), photometric="minisblack")
    return "two.tif"


READABLE = "NIfTI and Analyze (.nii, .nii.gz, .hdr/.img), TIFF (.tif, .tiff) and NumPy (.npy)"


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (_truncated, "it is cut short: 582 bytes, and its header tells of 592; copy it again"),
        (_header_alone, "scan.img, the other half of it, is missing"),
        (_image_alone, "scan.hdr, the other half of it, is missing"),
        (_flat, "a volume must be 3-D, got shape (5, 6); use np.stack"),
        (
            _complex,
            "values of type complex128 have no grey; make real numbers of them, as np.abs does",
        ),
        (_negative, "there is nothing in a volume of shape (4, -5, 6); give it slices"),
        (_empty, "there is nothing in a volume of shape (0, 5, 6); give it slices"),
        (_colour_tiff, "its pixels are colours, axes YXS; convert them to grey first"),
        (_palette, "its pixels are colours, axes QYX; convert them to grey first"),
        (_two_series, "it holds 2 series of images; save one alone"),
        (
            _five_axes,
            "a volume must be 3-D, got shape (4, 5, 6, 1, 2); "
            "use np.stack for images, slicekit.view for time",
        ),
    ],
)
def test_what_cannot_be_read_is_named_in_our_own_words(make, why, tmp_path, array):
    name = make(tmp_path, array)
    with pytest.raises(ValueError, match=name) as caught:
        slicekit.load(tmp_path / name)
    assert str(caught.value) == f"cannot read {name}: {why}. slicekit reads {READABLE}"


@pytest.mark.parametrize(
    "make",
    [
        _truncated_gzip,
        _flipped_gzip,
        _pickle,
        _text,
        _fake_gzip,
        _colours,
        _zero_bytes,
    ],
)
def test_what_cannot_be_read_is_named_with_words_of_others(make, tmp_path, array):
    name = make(tmp_path, array)
    with pytest.raises(ValueError, match=rf"^cannot read {name}: .*slicekit reads NIfTI") as caught:
        slicekit.load(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_voxels_are_missed_before_the_first_key_is_pressed(tmp_path):
    """In a format of which nothing is compared with its header."""
    for end in (".PAR", ".REC"):
        shutil.copy(NIBABELS / f"phantom_EPI_asc_CLEAR_2_1{end}", tmp_path / f"scan{end}")
    os.truncate(tmp_path / "scan.REC", 1000)
    with pytest.raises(ValueError, match=r"^cannot read scan.PAR: "):
        read_series(tmp_path / "scan.PAR")


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (KeyError("deep"), "KeyError: 'deep'; it may be damaged, copy it again"),
        (AssertionError(), "AssertionError; it may be damaged, copy it again"),
        (MemoryError(), "it does not fit into memory; unpack it on the disk first"),
        (OSError("gone"), "gone"),
        (ValueError("odd"), "odd"),
    ],
)
def test_what_a_library_raises_is_told_by_its_kind_unless_its_words_suffice(
    fault, told, tmp_path, array, monkeypatch
):
    def fail(path, frame):
        raise fault

    np.save(tmp_path / "scan.npy", array)
    monkeypatch.setitem(READERS, ".npy", fail)
    with pytest.raises(ValueError, match=rf"^cannot read scan.npy: {told}\. slicekit reads"):
        slicekit.load(tmp_path / "scan.npy")


def with_header(text):
    """Return a .npy file with any header."""
    return b"\x93NUMPY\1\0" + len(text).to_bytes(2, "little") + text.encode() + bytes(240)


def npy_header(more="", descr="'<i2'", order=False, shape="(4, 5, 6)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}{more}}}"


NIFTI = nib.Nifti1Image(np.zeros((4, 5, 6), np.int16), AFFINE).to_bytes()
WITHOUT_IMAGECODECS = "only imagecodecs can unpack it; pip install imagecodecs"
KIND = "files of its name are of another kind; convert it to one of these"
WHAT = "it is not what its name says; add .gz if it is packed, or copy it again"
HEADER = "its header is damaged; copy it again"
CUT = "it is cut short; copy it again"
NUMPYS = with_header(npy_header())


@pytest.mark.skipif(find_spec("imagecodecs") is not None, reason="imagecodecs is there")
@pytest.mark.parametrize(
    ("tag", "value"), [("Compression", 50000), ("Compression", 7), ("BitsPerSample", 5)]
)
def test_a_tiff_that_is_only_packed_is_not_damaged(tag, value, tmp_path, array):
    path = tmp_path / "packed.tif"
    tifffile.imwrite(path, array.astype("u1"), photometric="minisblack", metadata=None)
    with tifffile.TiffFile(path, mode="r+") as file:
        for page in file.pages:
            page.tags[tag].overwrite(value)
    with pytest.raises(ValueError, match=rf"^cannot read packed.tif: {WITHOUT_IMAGECODECS}\. "):
        slicekit.load(path)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("scan.npz", b"PK\3\4", KIND),
        ("scan.npy.gz", gzip.compress(NUMPYS, mtime=0), KIND),
        ("scan.png", b"\x89PNG\r\n", KIND),
        ("scan.dcm", bytes(400), KIND),
        ("scan.csv", b"1,2", KIND),
        ("scan.gii", b"<?xml?>", KIND),
        ("scan", b"", KIND),
        ("scan.nii", gzip.compress(NIFTI, mtime=0), WHAT),
        ("scan.nii", b"x" * 400, WHAT),
        ("scan.nii.gz", NIFTI, "it is not packed as its name says; rename it"),
        ("scan.nii.bz2", NIFTI, "it is not packed as its name says; rename it"),
        ("scan.npy", NUMPYS[:-1], CUT),
        ("scan.npy", NUMPYS[:60], CUT),
        ("scan.npy", NUMPYS[:3], CUT),
        ("scan.npy", with_header("what is this"), HEADER),
        ("scan.npy", with_header(npy_header(more=", 'f': f(2)")), HEADER),
        ("scan.npy", with_header("(1 +"), HEADER),
        ("scan.npy", with_header(npy_header() + " " * 11_000), HEADER),
        ("scan.npy", with_header("{}"), HEADER),
        ("scan.npy", with_header(npy_header(descr="'hm'")), HEADER),
        ("scan.npy", with_header(npy_header(order=3)), HEADER),
        ("scan.npy", with_header(npy_header(shape="(4.5, 5, 6)")), HEADER),
        ("scan.npy", with_header(npy_header(shape="(-4, -5, 6)")), HEADER),
        ("scan.npy", with_header(npy_header(shape=f"{(2**40,) * 3}")), HEADER),
        ("scan.npy", with_header(npy_header(shape=f"{(1,) * 99}")), HEADER),
        ("scan.npy", pickle.dumps("no array"), HEADER),
        ("scan.npy", NUMPYS[:6] + b"\x09" + NUMPYS[7:], HEADER),
        ("scan.mgz", NUMPYS, "it is not packed as its name says; rename it"),
        (
            "scan.npy",
            with_header(npy_header(descr="'|O'")),
            "it holds Python objects, no numbers; save an array of numbers",
        ),
    ],
)
def test_what_a_file_is_comes_with_what_helps(name, content, told, tmp_path):
    (tmp_path / name).write_bytes(content)
    for read in (slicekit.load, slicekit.view):
        with pytest.raises(ValueError, match=name) as caught:
            read(tmp_path / name)
        assert str(caught.value) == f"cannot read {name}: {told}. slicekit reads {READABLE}"


def test_a_package_that_is_missing_is_named():
    fault = ImportError("We need package backports.zstd for these functions, but")
    cure = "only backports.zstd can read it; pip install backports.zstd"
    assert what_failed(fault) == cure


def test_a_table_is_no_volume(tmp_path):
    where = nib.cifti2.BrainModelAxis.from_mask(np.ones((2, 2, 2)), affine=AFFINE)
    header = nib.cifti2.Cifti2Header.from_axes((nib.cifti2.SeriesAxis(0, 1, 3), where))
    image = nib.cifti2.Cifti2Image(np.zeros((3, 8), np.float32), header)
    nib.save(image, tmp_path / "run.dtseries.nii")
    words = "cannot read run.dtseries.nii: it holds no volume of which nibabel knows the sizes"
    with pytest.raises(ValueError, match=rf"^{words}\. "):
        slicekit.load(tmp_path / "run.dtseries.nii")


@pytest.mark.parametrize("name", ["flat.npy", "flat.tif", "flat.nii"])
def test_an_image_in_a_file_is_refused_by_its_name(name, tmp_path, array):
    np.save(tmp_path / "flat.npy", array[0])
    tifffile.imwrite(tmp_path / "flat.tif", array[0], photometric="minisblack")
    nib.save(nib.Nifti1Image(array[0], AFFINE), tmp_path / "flat.nii")
    words = rf"^cannot read {name}: a volume must be 3-D, got shape \(5, 6\); use np.stack\. "
    for read in (slicekit.load, slicekit.view):
        with pytest.raises(ValueError, match=words):
            read(tmp_path / name)


def test_an_image_whose_file_was_removed_says_so(tmp_path, array):
    path = tmp_path / "scan.nii"
    nib.save(nib.Nifti1Image(array, AFFINE), path)
    image = nib.load(path)
    path.unlink()
    words = f"cannot read scan.nii: {path}, which holds its voxels, is gone; put it back there"
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        slicekit.view(image)


def test_a_series_without_grey_is_refused_before_it_is_shown(tmp_path, array):
    np.save(tmp_path / "wave.npy", np.stack([array, array]) * 1j)
    with pytest.raises(ValueError, match=r"^cannot read wave.npy: .*complex128 have no grey"):
        read_series(tmp_path / "wave.npy")


def test_a_series_in_a_tiff_has_time_first(tmp_path, array):
    series = np.stack([array, array + 1000])
    tifffile.imwrite(tmp_path / "run.tif", series, imagej=True, metadata={"axes": "TZYX"})
    with pytest.raises(ValueError, match=r"series of 2 volumes, .* load\('run.tif', frame=0\)"):
        slicekit.load(tmp_path / "run.tif")
    assert np.array_equal(slicekit.load(tmp_path / "run.tif", frame=1), array + 1000)


@pytest.mark.parametrize("frame", ["0", 0.0, np.zeros(2), True])
def test_a_frame_is_a_whole_number(tmp_path, array, frame):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    with pytest.raises(TypeError, match=r"^frame must be a whole number, got .*; use int\(\)$"):
        slicekit.load(tmp_path / "scan.nii", frame=frame)


@pytest.mark.parametrize("frame", [1, -1])
def test_a_frame_that_is_not_there_is_named(tmp_path, array, frame):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    with pytest.raises(ValueError, match=r"frame .* is out of range; use 0 to 0"):
        slicekit.load(tmp_path / "scan.nii", frame=frame)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        slicekit.load(tmp_path / "gone.nii")
    missing = str(tmp_path / "gone.nii")
    assert str(caught.value) == f"no file {missing!r}; check the path, seen from {Path.cwd()}"
    with pytest.raises(FileNotFoundError) as caught:
        slicekit.load("a\n" + "b" * 5000)
    shown = rf"'a\n{'b' * 393}..."
    assert str(caught.value) == f"no file {shown}; check the path, seen from {Path.cwd()}"


def test_a_volume_of_one_column_is_read(tmp_path, array):
    nib.save(nib.Nifti1Image(array[..., :1], AFFINE), tmp_path / "thin.nii")
    assert np.array_equal(slicekit.load(tmp_path / "thin.nii"), array[..., :1])


def test_a_minc_file_has_time_first_and_slicekit_last(monkeypatch):
    image = nib.load(NIBABELS / "minc1_4d.mnc")
    monkeypatch.setattr(image.header, "get_zooms", lambda: (9, 2, 3, 4))
    array, sizes = voxels_of(image)
    assert (array.shape, sizes) == ((10, 20, 20, 2), (2, 3, 4, 9))
    assert np.array_equal(np.moveaxis(array, -1, 0), image.get_fdata())


def test_an_image_of_bytes_has_no_file_to_map(array):
    image = nib.Nifti1Image.from_bytes(nib.Nifti1Image(array, AFFINE).to_bytes())
    assert np.array_equal(voxels_of(image)[0], array)


def test_a_tiff_in_which_0_is_white_says_so(tmp_path, array):
    tifffile.imwrite(tmp_path / "fax.tif", array.astype("u1"), photometric="miniswhite")
    words = r"^fax.tif: 0 is white in it; view\(..., cmap='gray_r'\) shows it so$"
    with pytest.warns(UserWarning, match=words):
        assert np.array_equal(slicekit.load(tmp_path / "fax.tif"), array)
    with pytest.warns(UserWarning, match=words):
        viewer = slicekit.view(tmp_path / "fax.tif", cmap="gray_r")
    assert viewer.im.to_rgba(array.min())[0] == 1


@pytest.mark.parametrize(
    ("together", "count", "words"),
    [
        (True, 3, "ImageJ's description leaves out some of its 4 images; .* reads all"),
        (False, 4, "[^;]*failed to reshape[^;]*"),  # and so tifffile brings them all
    ],
)
def test_images_that_imagej_leaves_out_are_told_of(tmp_path, array, together, count, words):
    about = {"description": "ImageJ=1.53\nimages=3\nslices=3\n", "metadata": None}
    with tifffile.TiffWriter(tmp_path / "left.tif") as file:
        for image in [array] if together else array:
            file.write(image, contiguous=False, photometric="minisblack", **about)
    with pytest.warns(UserWarning, match=rf"^left.tif: {words}$"):
        assert np.array_equal(slicekit.load(tmp_path / "left.tif"), array[:count])
    assert len(tifffile.imread(tmp_path / "left.tif", is_imagej=False)) == 4


@pytest.mark.parametrize(
    ("axes", "volume"),
    [
        ("TZYX", "ZYXT"),
        ("CZYX", "ZYXC"),
        ("ZCYX", "ZYXC"),
        ("ZTYX", "ZYXT"),
        ("TCYX", "TYXC"),
        ("CTYX", "TYXC"),
        ("TZCYX", "ZYXTC"),
        ("TCZYX", "ZYXTC"),
        ("QQYX", "1230"),
    ],
)
def test_the_slices_of_a_tiff_lie_along_z(tmp_path, axes, volume):
    counts = dict(zip("TCZYX", (2, 3, 4, 5, 6), strict=True))
    shape = [counts.get(name, number + 2) for number, name in enumerate(axes)]
    array = np.arange(np.prod(shape), dtype=np.int16).reshape(shape)
    tifffile.imwrite(tmp_path / "run.tif", array, photometric="minisblack", metadata={"axes": axes})
    order = [int(name) if name.isdigit() else axes.index(name) for name in volume]
    viewer = slicekit.view(tmp_path / "run.tif", index=1)
    assert np.array_equal(viewer.volume.array, array.transpose(order))
    first = array.transpose(order)[(1, slice(None), slice(None), *[0] * (array.ndim - 3))]
    assert np.array_equal(viewer.im.get_array(), first)


def test_a_tiff_whose_pictures_lie_across_it_is_refused(tmp_path):
    array = np.zeros((3, 4, 5, 6), np.uint8)
    tifffile.imwrite(
        tmp_path / "run.tif", array, photometric="minisblack", metadata={"axes": "XYZT"}
    )
    words = r"its axes are XYZT; rows and columns, YX, must be the last\. slicekit reads"
    with pytest.raises(ValueError, match=words):
        slicekit.view(tmp_path / "run.tif")


@pytest.mark.parametrize(
    ("unit", "mm"), [("mm", 1), ("unknown", 1), ("micron", 0.001), ("meter", 1000)]
)
def test_lengths_are_told_in_mm_whatever_the_unit_of_the_file(tmp_path, array, unit, mm):
    img = nib.Nifti1Image(array, np.diag([2, 3, 4, 1]) + np.eye(4)[3] * [[9], [8], [7], [0]])
    img.header.set_xyzt_units(unit, "sec")
    nib.save(img, tmp_path / "scan.nii")
    opened = slicekit.load(tmp_path / "scan.nii")
    in_memory = slicekit.view(img).volume
    for volume in (opened, in_memory):
        assert np.allclose(volume.spacing, np.multiply([2, 3, 4], mm))
        assert np.allclose(volume.affine[:3], img.affine[:3] * mm)
        assert volume.affine[3].tolist() == [0, 0, 0, 1]


# ---- images that nibabel has opened


def test_an_image_whose_file_does_not_hold_its_voxels_is_refused(tmp_path, array):
    for name, left in (("cut.nii", -1), ("gone.nii", 0), ("cut.nii.gz", -9)):
        path = tmp_path / name
        nib.save(nib.Nifti1Image(array, np.eye(4)), path)
        img = nib.load(path)
        if left:
            path.write_bytes(path.read_bytes()[:left])
        else:
            path.unlink()
        with pytest.raises(ValueError, match=rf"^cannot read {name}: [^\n]+$"):
            slicekit.view(img)


def test_an_image_without_a_file_is_whole(array):
    whole = nib.Nifti1Image(array, np.eye(4)).to_bytes()
    assert np.array_equal(slicekit.view(nib.Nifti1Image.from_bytes(whole)).volume.array, array)


# ---- what a file says of directions


@pytest.mark.parametrize("codes", [(1, 0), (0, 1), (2, 4), (0, 0)])
def test_the_affine_of_a_nifti_counts_if_either_code_is_set(tmp_path, array, codes):
    image = nib.Nifti1Image(array, AFFINE)
    image.set_sform(AFFINE, code=codes[0])
    image.set_qform(AFFINE, code=codes[1])
    nib.save(image, tmp_path / "scan.nii")
    affine = slicekit.load(tmp_path / "scan.nii").affine
    assert affine is None if codes == (0, 0) else np.allclose(affine, AFFINE)


def test_an_analyze_file_knows_sizes_and_no_directions(tmp_path, array):
    nib.save(nib.AnalyzeImage(array, AFFINE), tmp_path / "scan.hdr")
    volume = slicekit.load(tmp_path / "scan.hdr")
    assert (volume.spacing, volume.affine) == (SPACING, None)


def test_the_origin_in_an_analyze_file_of_spm_says_where_it_lies(tmp_path, array):
    image = nib.Spm99AnalyzeImage(array, None)
    image.header.set_zooms(SPACING)
    image.header["origin"][:3] = 2, 3, 4
    nib.save(image, tmp_path / "scan.hdr")
    assert not (tmp_path / "scan.mat").exists()
    affine = slicekit.load(tmp_path / "scan.hdr").affine
    assert np.allclose(affine @ [1, 2, 3, 1], [0, 0, 0, 1])  # counted from 1


def test_an_affine_file_of_spm_says_even_what_nibabel_would_guess(tmp_path, array):
    guessed = nib.Spm99AnalyzeImage(array, None).header.get_best_affine()
    nib.save(nib.Spm99AnalyzeImage(array, guessed), tmp_path / "scan.hdr")
    assert np.allclose(slicekit.load(tmp_path / "scan.hdr").affine, guessed)
    (tmp_path / "scan.mat").unlink()
    assert slicekit.load(tmp_path / "scan.hdr").affine is None


def test_an_affine_without_three_directions_says_nothing(array):
    assert told_affine(nib.spatialimages.SpatialImage(array, np.ones((4, 4)))) is None


def test_an_affine_given_in_memory_counts_before_it_is_saved(array):
    image = nib.AnalyzeImage(array, AFFINE)
    assert np.array_equal(told_affine(image), AFFINE)
    assert told_affine(nib.AnalyzeImage(array, None)) is None
    image = nib.Nifti1Image(array, AFFINE)
    image.set_sform(AFFINE, code=0)
    assert told_affine(nib.Nifti1Image(array, None, image.header)) is None


def test_an_mgh_file_may_say_that_its_directions_are_not_good(tmp_path, array):
    image = nib.MGHImage(np.float32(array), None)
    nib.save(image, tmp_path / "scan.mgh")
    whole = bytearray((tmp_path / "scan.mgh").read_bytes())
    for flag, known in ((1, True), (0, False)):
        whole[28:30] = 0, flag
        (tmp_path / "scan.mgh").write_bytes(whole)
        assert (slicekit.load(tmp_path / "scan.mgh").affine is not None) == known


def test_an_image_without_a_header_like_that_is_believed(array):
    assert np.array_equal(told_affine(nib.MGHImage(array, AFFINE)), AFFINE)
    assert np.array_equal(told_affine(nib.spatialimages.SpatialImage(array, AFFINE)), AFFINE)


# ---- images that nibabel has opened


def test_voxels_of_no_size_are_told_of_and_shown_as_cubes(tmp_path, array):
    image = nib.Nifti1Image(array, np.eye(4))
    image.header["pixdim"][1:4] = 1, 1e-30, 1
    nib.save(image, tmp_path / "scan.nii")
    with pytest.warns(UserWarning, match="cannot be; taking 1 x 1 x 1 mm"):
        viewer = slicekit.view(nib.load(tmp_path / "scan.nii"))
    assert viewer.volume.spacing == (1, 1, 1)


def test_an_image_that_is_larger_than_memory_is_told_of(tmp_path, array, monkeypatch):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii.gz")
    image = nib.load(tmp_path / "scan.nii.gz")

    def full(*_):
        raise MemoryError

    monkeypatch.setattr(type(image.dataobj), "__array__", full)
    words = "^cannot read scan.nii.gz: it does not fit into memory; unpack it on the disk first$"
    with pytest.raises(ValueError, match=words):
        slicekit.view(image)


def test_an_image_that_is_in_no_file_has_no_name(array, monkeypatch):
    def full(img):
        raise MemoryError

    monkeypatch.setattr("slicekit.files.voxels_of", full)
    with pytest.raises(ValueError, match=r"^cannot read it: it does not fit into memory; "):
        opened(nib.Nifti1Image(array, AFFINE))


def test_no_frame_of_a_series_is_taken_unless_told(tmp_path, array):
    nib.save(nib.Nifti1Image(np.stack([array] * 3, axis=-1), AFFINE), tmp_path / "film.nii")
    with pytest.raises(ValueError, match="a series of 3 volumes"):
        read_volume(tmp_path / "film.nii")


def test_a_folder_is_no_volume(tmp_path):
    words = rf"^cannot read {tmp_path.name}: it is a folder, not a file\. slicekit reads"
    with pytest.raises(ValueError, match=words):
        slicekit.load(tmp_path)


def test_what_is_no_header_of_numpys_keeps_its_words():
    words = "shapes (4,4) and (1,) not aligned: 4 (dim 1) != 1 (dim 0)"  # of a .mat beside a scan
    assert what_failed(ValueError(words)) == words
