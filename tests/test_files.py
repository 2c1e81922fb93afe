import gzip

import nibabel as nib
import numpy as np
import pytest
import tifffile

import slicekit
from slicekit.files import told_affine

SPACING = (1.5, 0.5, 3.0)
AFFINE = np.diag([*SPACING, 1.0])
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


def test_a_series_asks_which_volume(tmp_path, array):
    series = np.stack([array, array + 1000], axis=-1)
    nib.save(nib.Nifti1Image(series, AFFINE), tmp_path / "run.nii")
    with pytest.raises(ValueError, match=r"series of 2 volumes.*load\('run.nii', frame=0\)"):
        slicekit.load(tmp_path / "run.nii")
    assert np.array_equal(slicekit.load(tmp_path / "run.nii", frame=1), array + 1000)
    with pytest.raises(ValueError, match=r"frame 2 is out of range; use 0 to 1"):
        slicekit.load(tmp_path / "run.nii", frame=2)


def test_uncompressed_files_stay_on_disk(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    np.save(tmp_path / "scan.npy", array)
    for name in ("scan.nii", "scan.npy"):
        assert isinstance(slicekit.load(tmp_path / name).array, np.memmap)


def test_files_with_a_scale_stay_on_disk(tmp_path, array):
    scaled = nib.Nifti1Image(array, AFFINE)
    scaled.header.set_slope_inter(2, 1)
    nib.save(scaled, tmp_path / "scan.nii")
    volume = slicekit.load(tmp_path / "scan.nii")
    assert not isinstance(volume.array, np.ndarray)
    assert np.array_equal(volume.plane(1), nib.load(tmp_path / "scan.nii").get_fdata()[1])


def test_compressed_files_are_unpacked_once_in_their_own_type(tmp_path, array):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii.gz")
    whole = slicekit.load(tmp_path / "scan.nii.gz").array
    assert isinstance(whole, np.ndarray)
    assert whole.dtype == array.dtype


@pytest.mark.parametrize("name", ["scan.tif", "scan.TIFF"])
def test_tiff(tmp_path, array, name):
    tifffile.imwrite(tmp_path / name, array, photometric="minisblack")
    volume = slicekit.load(str(tmp_path / name))
    assert np.array_equal(volume, array)
    assert volume.spacing == (1, 1, 1)


def test_a_header_that_disagrees_with_itself_is_reported(tmp_path, array):
    image = nib.Nifti1Image(array, np.diag([2.0, 2, 2, 1]))
    image.header["pixdim"][1:4] = SPACING
    image.header["sform_code"], image.header["qform_code"] = 1, 0
    path = tmp_path / "scan.nii"
    path.write_bytes(image.to_bytes())
    with pytest.warns(UserWarning, match=r"in the header, \(2.0, 2.0, 2.0\) mm in the affine"):
        assert slicekit.load(path).spacing == SPACING


def test_impossible_voxel_sizes_are_reported(tmp_path, array):
    nib.save(nib.AnalyzeImage(array, AFFINE), tmp_path / "scan.img")
    raw = bytearray((tmp_path / "scan.hdr").read_bytes())
    raw[80:84] = np.float32(np.nan).tobytes()  # pixdim[1]
    (tmp_path / "scan.hdr").write_bytes(raw)
    with pytest.warns(UserWarning, match=r"which cannot be; taking 1 x 1 x 1 mm"):
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


def _zero_bytes(tmp_path, array):
    (tmp_path / "zero.nii").write_bytes(b"")
    return "zero.nii"


def _colour_tiff(tmp_path, array):
    tifffile.imwrite(tmp_path / "rgb.tif", np.zeros((4, 5, 3), np.uint8), photometric="rgb")
    return "rgb.tif"


def _two_series(tmp_path, array):
    with tifffile.TiffWriter(tmp_path / "two.tif") as file:
        file.write(array, photometric="minisblack")
        file.write(array[:, :, :3].astype(np.uint8), photometric="minisblack")
    return "two.tif"


@pytest.mark.parametrize(
    "make",
    [
        _truncated,
        _truncated_gzip,
        _flipped_gzip,
        _header_alone,
        _image_alone,
        _flat,
        _pickle,
        _text,
        _fake_gzip,
        _colours,
        _complex,
        _empty,
        _zero_bytes,
        _colour_tiff,
        _two_series,
    ],
)
def test_what_cannot_be_read_is_named(make, tmp_path, array):
    name = make(tmp_path, array)
    with pytest.raises(ValueError, match=rf"^cannot read {name}: .*slicekit reads NIfTI") as caught:
        slicekit.load(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_a_series_in_a_tiff_has_time_first(tmp_path, array):
    series = np.stack([array, array + 1000])
    tifffile.imwrite(tmp_path / "run.tif", series, imagej=True, metadata={"axes": "TZYX"})
    with pytest.raises(ValueError, match="series of 2 volumes"):
        slicekit.load(tmp_path / "run.tif")
    assert np.array_equal(slicekit.load(tmp_path / "run.tif", frame=1), array + 1000)


@pytest.mark.parametrize("frame", [1, -1, "0"])
def test_a_frame_that_is_not_there_is_named(tmp_path, array, frame):
    nib.save(nib.Nifti1Image(array, AFFINE), tmp_path / "scan.nii")
    with pytest.raises(ValueError, match=r"frame .* is out of range; use 0 to 0"):
        slicekit.load(tmp_path / "scan.nii", frame=frame)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"no file '.*gone.nii'; check the path"):
        slicekit.load(tmp_path / "gone.nii")


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
    with pytest.raises(ValueError, match=r"its axes are XYZT; rows and columns, YX, must be the"):
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
        with pytest.raises(ValueError, match=rf"^cannot read '.*{name}': [^\n]+$"):
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


def test_an_image_without_a_header_like_that_is_believed(array):
    assert np.array_equal(told_affine(nib.MGHImage(array, AFFINE)), AFFINE)
    assert np.array_equal(told_affine(nib.spatialimages.SpatialImage(array, AFFINE)), AFFINE)
