"""Files that are damaged, that lie, or that are none: read rightly, or refused in one line."""

import bz2
import gzip
import io
import os
import random
import re
import shutil
import subprocess
import sys
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import fuzz_files
import nibabel as nib
import numpy as np
import pytest
import tifffile
from build_chapters import ROOT
from damage import AFFINE, ARRAY, NASTY, NIBABEL, TIFF, damage, outcome, write_sound_files
from hypothesis import given
from hypothesis import strategies as st

import slicekit
from slicekit import __main__, data
from slicekit.storage import save_planes

KINDS = [*NIBABEL, *TIFF, "scaled.nii", "rows.npy", "columns.npy"]
FIELDS = [name for name in nib.Nifti1Header.template_dtype.names if name != "sizeof_hdr"]


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A folder with one sound file of every kind."""
    folder = tmp_path_factory.mktemp("sound")
    write_sound_files(folder)
    return folder


@pytest.fixture
def files(sound, tmp_path):
    """A copy of it, to damage."""
    return shutil.copytree(sound, tmp_path / "files")


def refused(path, words="cannot read"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # or a warning would be an error as well
        with pytest.raises(ValueError, match=words) as caught:
            slicekit.load(path)
    assert re.fullmatch(r"cannot read [^\n]+\. slicekit reads NIfTI [^\n]+", str(caught.value))
    return str(caught.value)


def rewrite(path, **fields):
    """Set fields of a NIfTI header, a number or {index: number}, and whatever follows stays."""
    pack = {".gz": gzip, ".bz2": bz2}.get(path.suffix)
    whole = bytearray(pack.decompress(path.read_bytes()) if pack else path.read_bytes())
    kind = nib.Nifti2Header if 0x1C in whole[:4] else nib.Nifti1Header
    layout = kind.template_dtype.newbyteorder("<" if whole[0] else ">")
    header = np.frombuffer(whole, layout, count=1)
    for name, value in fields.items():
        for index, number in value.items() if isinstance(value, dict) else [(..., value)]:
            header[name][0, index] = number
    path.write_bytes(pack.compress(bytes(whole)) if pack else whole)
    return path


# ---- damage of every kind


@pytest.mark.parametrize("name", KINDS)
def test_a_sound_file_is_read(files, name):
    assert outcome(files / name, same=True) == "read"


@pytest.mark.parametrize("name", KINDS)
def test_a_damaged_file_is_read_rightly_or_refused(sound, tmp_path, name, capfd):
    whole = {path.name: path.read_bytes() for path in sound.glob(f"{Path(name).stem}.*")}
    for number in range(40):
        chance = random.Random(f"{name} {number}")
        for part, content in whole.items():
            (tmp_path / part).write_bytes(content)
        hurt = chance.choice(sorted({name, *whole} if name.endswith(".hdr") else {name}))
        same = damage(chance, tmp_path / hurt)
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")
            assert outcome(tmp_path / name, same) in ("read", "refused"), number
        assert all(str(line.message).startswith(f"{name}: ") for line in told), number
    assert capfd.readouterr() == ("", "")


@given(field=st.sampled_from(FIELDS), at=st.integers(0, 7), value=st.sampled_from(NASTY))
def test_any_field_of_a_header_may_hold_anything(sound, tmp_path, field, at, value):
    path = Path(shutil.copy(sound / "one.nii", tmp_path / "one.nii"))
    kind = nib.Nifti1Header.template_dtype[field]
    if kind.base.kind in "iu":
        value = np.array(int(value) % 2**62 if np.isfinite(value) else 0).astype(kind.base)
    elif kind.kind == "S":
        value = str(value).encode()
    with warnings.catch_warnings(), np.errstate(over="ignore"):
        warnings.simplefilter("ignore")
        rewrite(path, **{field: {at % kind.shape[0]: value} if kind.shape else value})
        assert outcome(path) in ("read", "refused")


@pytest.mark.parametrize("name", KINDS)
def test_a_file_cut_short_anywhere_is_refused(sound, tmp_path, name):
    part = name.replace(".hdr", ".img")
    for path in sound.glob(f"{Path(name).stem}.*"):
        shutil.copy(path, tmp_path)
    whole = (tmp_path / part).read_bytes()
    for length in (0, 1, 100, len(whole) // 2, len(whole) - 1):
        (tmp_path / part).write_bytes(whole[:length])
        found = outcome(tmp_path / name, same=True)
        assert found == "refused" or (found == "read" and length == len(whole) - 1)


# ---- headers that lie


@pytest.mark.parametrize("name", ["one.nii", "two.nii", "scaled.nii", "packed.nii.gz", "pair.hdr"])
def test_what_a_header_claims_is_not_allocated(files, name):
    """4 GB and 64 TB, in a file of a few hundred bytes."""
    for side in (1290, 32767):
        rewrite(files / name, dim={1: side, 2: side, 3: side})
        tracemalloc.start()
        refused(files / name, "cut short")
        assert tracemalloc.get_traced_memory()[1] < 2**26
        tracemalloc.stop()


def test_what_an_npy_file_claims_is_not_allocated(tmp_path):
    header = {"descr": "<i2", "fortran_order": False, "shape": (32767, 32767, 32767)}
    with (tmp_path / "lie.npy").open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
    refused(tmp_path / "lie.npy")


@pytest.mark.parametrize("how", [{}, {"compression": "zlib"}])
def test_what_a_tiff_claims_is_not_allocated(tmp_path, how):
    options = {"photometric": "minisblack", "metadata": None}
    tifffile.imwrite(tmp_path / "lie.tif", ARRAY[0], **options, **how)
    with tifffile.TiffFile(tmp_path / "lie.tif", mode="r+") as file:
        for name in ("ImageWidth", "ImageLength", "RowsPerStrip"):
            file.pages[0].tags[name].overwrite(60000)
    tracemalloc.start()
    refused(tmp_path / "lie.tif", r"its header tells of 7200000000 bytes, in a file of \d{3}\.")
    assert tracemalloc.get_traced_memory()[1] < 2**26
    tracemalloc.stop()


def test_a_description_that_tells_of_millions_of_planes_is_refused(files):
    whole = (files / "ome.tif").read_bytes()
    longer = whole.replace(b'PlaneCount="5"', b'PlaneCount="99999999"')
    shorter = longer.replace(b"tifffile.py", b"tiff", 2)
    place = whole.index(b"<?xml")
    spare = len(shorter) - len(whole)
    text = shorter[place:].replace(b"</OME>", b"</OME>" + b" " * max(-spare, 0), 1)
    (files / "ome.tif").write_bytes(whole[:place] + text)
    refused(files / "ome.tif", "it tells of 99999999 planes")


def test_a_bomb_is_not_unpacked_to_its_end(files, monkeypatch):
    monkeypatch.setattr("slicekit.intact.SLACK", 2**20)
    whole = gzip.decompress((files / "packed.nii.gz").read_bytes())
    (files / "packed.nii.gz").write_bytes(gzip.compress(whole + bytes(2**25)))
    refused(files / "packed.nii.gz", "it unpacks to more than 1049048 bytes")


def test_voxels_never_begin_inside_the_header(files):
    refused(rewrite(files / "one.nii", vox_offset=0), "begin at byte 0, inside its header")


@pytest.mark.parametrize("sides", [{1: 0}, {2: -4}, {1: -5, 2: -4}, {0: 0}])
def test_a_shape_that_cannot_be_is_named(files, sides):
    refused(rewrite(files / "one.nii", dim=sides), r"there is nothing in a volume of shape \(")


@pytest.mark.parametrize("slope", [0, np.nan, np.inf])
def test_a_slope_that_cannot_be_means_no_scale(files, slope):
    path = rewrite(files / "one.nii", scl_slope=slope, scl_inter=3)
    assert np.array_equal(slicekit.load(path), ARRAY)


def test_what_the_libraries_print_becomes_one_warning(files, capfd):
    path = rewrite(files / "one.nii", pixdim={1: -1.5}, sform_code=99, qform_code=99)
    words = r"^one.nii: pixdim\[1,2,3\] should be positive.*; qform_code 99 not valid.*"
    with pytest.warns(UserWarning, match=words) as told:
        assert slicekit.load(path).spacing == (1.5, 0.5, 3)
    assert len(told) == 1
    assert told[0].filename == __file__
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("where", ["srow_x", "srow_y"])
@pytest.mark.parametrize("value", [np.nan, np.inf, 0])
def test_an_affine_that_leads_nowhere_counts_for_nothing(files, where, value):
    path = rewrite(files / "one.nii", **{where: value})
    with pytest.warns(UserWarning, match="slicekit goes by the header"):
        volume = slicekit.load(path)
    assert (volume.affine, volume.spacing) == (None, (1.5, 0.5, 3))


# ---- TIFF: what is lost, and what is only not understood


def test_a_page_that_is_lost_is_no_smaller_volume(files):
    with tifffile.TiffFile(files / "pages.tif") as file:
        last = file.pages[-1].offset
    whole = bytearray((files / "pages.tif").read_bytes())
    whole[last : last + 2] = b"\xff\xff"  # how many tags it has
    (files / "pages.tif").write_bytes(whole)
    refused(files / "pages.tif", "corrupted tag list of page")


@pytest.mark.parametrize("size", [0, 2**32 - 1])
def test_pixels_that_are_not_there_are_no_zeros_and_no_gigabytes(files, size):
    with tifffile.TiffFile(files / "deflate.tif", mode="r+") as file:
        file.pages[0].tags["StripByteCounts"].overwrite(size)
    refused(files / "deflate.tif", "some of its images are not there")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("ome.tif", b"</Image>", b"</Imagf>"), ("deflate.tif", b"[5, 4, 3]", b"[9, 7, 5]")],
)
def test_a_description_that_is_wrong_is_a_warning(files, name, old, new):
    whole = (files / name).read_bytes()
    assert old in whole
    (files / name).write_bytes(whole.replace(old, new))
    with pytest.warns(UserWarning, match=rf"^{name}: .*series"):
        assert np.array_equal(slicekit.load(files / name), ARRAY)


# ---- compressed files have checksums


@pytest.mark.parametrize("name", ["pair.img.gz", "pair.hdr.gz"])
def test_the_other_half_of_a_compressed_pair_is_checked_too(tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 2**15, (9, 8, 7), dtype=np.int16)
    nib.save(nib.Nifti1Pair(noise, AFFINE), tmp_path / "pair.hdr.gz")
    assert np.array_equal(slicekit.load(tmp_path / "pair.hdr.gz"), noise)
    whole = bytearray((tmp_path / name).read_bytes())
    whole[-8] ^= 1
    (tmp_path / name).write_bytes(whole)
    refused(tmp_path / "pair.hdr.gz", "CRC" if name == "pair.img.gz" else "not what its name says")


def test_mgz_is_checked_to_its_end(files):
    whole = bytearray((files / "packed.mgz").read_bytes())
    whole[-8] ^= 1
    (files / "packed.mgz").write_bytes(whole)
    refused(files / "packed.mgz", "CRC")


# ---- what is no file, and odd names


def test_what_is_no_file_is_named(tmp_path):
    os.mkfifo(tmp_path / "pipe.nii")
    refused(tmp_path / "pipe.nii", "it is a device, not a file")
    refused(tmp_path, "it is a folder, not a file")
    refused(Path(), r"cannot read \.: it is a folder, not a file")


@pytest.mark.parametrize("path", [3, b"scan.nii", ["scan.nii"]])
def test_what_is_no_path(path):
    with pytest.raises(TypeError, match=r"^path must be a string or a Path, got "):
        slicekit.load(path)


@pytest.mark.parametrize("name", ["x" * 300, "nothing\0.nii", "loop.nii", "nowhere.nii"])
def test_what_cannot_be_there_is_missing(tmp_path, name):
    (tmp_path / "loop.nii").symlink_to("loop.nii")
    (tmp_path / "nowhere.nii").symlink_to("gone.nii")
    with pytest.raises(FileNotFoundError, match=r"no file .*; check the path"):
        slicekit.load(tmp_path / name)


ODD = ["new\nline.nii", "\x1b[31mred.nii", "a$b$.nii", "$\\bad{.nii", "%s{}.nii", "\udcff.nii"]


@pytest.mark.parametrize("name", ODD)
def test_odd_names_are_read_and_told_in_one_line(files, name, monkeypatch):
    path = shutil.copy(files / "one.nii", files / name)
    assert np.array_equal(slicekit.load(path), ARRAY)
    message = refused(Path(shutil.copy(files / "rows.npy", path)))
    assert message.isprintable()


def test_odd_names_of_several_files_are_drawn(files, monkeypatch):
    drawn = []
    monkeypatch.setattr("matplotlib.pyplot.get_backend", lambda: "qtagg")
    monkeypatch.setattr("matplotlib.pyplot.show", lambda: drawn.append(draw()))

    def draw():
        from matplotlib import pyplot as plt

        plt.gcf().canvas.draw()
        return [ax.get_title().split(",")[0] for ax in plt.gcf().axes]

    for name in ODD:
        shutil.copy(files / "one.nii", files / name)
    assert __main__.main(["view", *(str(files / name) for name in ODD)]) == 0
    assert drawn[0][:2] == ["new line.nii", "\\x1b[31mred.nii"]
    assert drawn[0][-1] == "\\udcff.nii"


def test_another_format_than_its_suffix_says_is_refused(files):
    for name in ("one.nii", "plain.tif", "rows.npy", "packed.nii.gz", "surface.mgh"):
        for suffix in {".nii", ".tif", ".npy", ".nii.gz", ".hdr", ".mgh", ""} - {Path(name).suffix}:
            other = files / f"other{suffix}"
            shutil.copy(files / name, other)
            if (name, suffix) != ("packed.nii.gz", ".nii.gz"):
                refused(other)


def test_many_arrays_in_one_file_are_no_array(tmp_path):
    np.savez(tmp_path / "many.npz", ARRAY, ARRAY)
    refused(
        (tmp_path / "many.npz").rename(tmp_path / "many.npy"),
        "its header is damaged; copy it again",
    )


def test_nothing_stays_open(files):
    (files / "surface.mgh").write_bytes((files / "surface.mgh").read_bytes()[:50])
    for name in ("surface.mgh", "one.nii", "plain.tif"):
        assert fuzz_files.judge(files / name, False, False) in ("read", "refused"), name


def test_three_axes_of_a_minc_file():
    path = Path(nib.__file__).parent / "tests" / "data" / "tiny.mnc"
    volume = slicekit.load(path)
    assert volume.spacing == (2, 2, 2)
    assert np.array_equal(volume, nib.load(path).get_fdata())


# ---- the archive


def archive(tmp_path, change=lambda whole, where: None, **members):
    """Write the sample's archive anew, with other members, and change its list of contents."""
    with zipfile.ZipFile(data.resource(data.SAMPLE)) as sample:
        small = {end: sample.read(f"{data.STRUCTURAL}.{end}") for end in ("hdr", "img")}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
        for end, content in {**small, **members}.items():
            file.writestr(f"{data.STRUCTURAL}.{end}", content)
    whole = bytearray(written.getvalue())
    change(whole, whole.index(b"PK\1\2"))
    (tmp_path / "archive.zip").write_bytes(whole)
    return tmp_path / "archive.zip"


def encrypt(whole, where):
    whole[where + 8] |= 1


def method(number):
    def change(whole, where):
        whole[where + 10] = whole[8] = number

    return change


@pytest.mark.parametrize("change", [encrypt, *(method(number) for number in (1, 12, 14, 99))])
def test_an_archive_that_cannot_be_unpacked_is_named(tmp_path, change):
    with pytest.raises(ValueError, match=r"^it is damaged or cut short \([^\n]+\)$"):
        data.read_archive(archive(tmp_path, change))


def test_an_archive_does_not_fill_the_memory(tmp_path):
    with pytest.raises(ValueError, match=r"structural/nsM00587_0002.img would be 134217728 bytes"):
        data.read_archive(archive(tmp_path, img=bytes(2**27)))


def test_a_full_disk_is_no_damaged_archive(tmp_path, monkeypatch):
    def full(path, content):
        raise OSError(28, "No space left on device")

    path = archive(tmp_path)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        data.read_archive(path)


# ---- copies


def test_a_copy_leaves_the_files_of_others_alone(tmp_path):
    (tmp_path / "copy.npy.part").write_text("somebody's")
    save_planes(ARRAY, tmp_path / "copy.npy", 0)
    assert (tmp_path / "copy.npy.part").read_text() == "somebody's"


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_copy_of_nothing_is_refused(tmp_path, axis):
    nothing = np.delete(ARRAY, slice(None), axis)
    with pytest.raises(ValueError, match="needs a 3-D volume"):
        save_planes(nothing, tmp_path / "copy.npy", 0)


# ---- the fuzzer


def leave_open(path, same):
    leave_open.file = path.open()
    return "read"


def print_something(path, same):
    os.write(2, b"oh")
    return "read"


BREACHES = {
    "a file was left open": leave_open,
    "read, and it says .*oh": print_something,
    "KeyError: 'deep'": lambda path, same: {}["deep"],
    "the file was changed": lambda path, same: path.write_bytes(b"new") and "read",
    "strange": lambda path, same: warnings.warn("strange", stacklevel=1) or "read",
}


@pytest.mark.parametrize("words", BREACHES)
def test_the_fuzzer_notices_every_breach(words, files, monkeypatch):
    monkeypatch.setattr(fuzz_files, "outcome", BREACHES[words])
    assert re.match(rf".*{words}", fuzz_files.judge(files / "one.nii", False, False))
    if words == "a file was left open":
        leave_open.file.close()


def test_the_fuzzer_notices_how_much_memory_was_taken(files, monkeypatch):
    monkeypatch.setattr(fuzz_files, "peak_memory", iter([0, 2**30, 2**30]).__next__)
    assert fuzz_files.judge(files / "one.nii", False, False) == "it took 1024 MiB"


SURVIVORS = """
import os, time, fuzz_files
from pathlib import Path
fuzz_files.PATIENCE = 1
does = {"hang": lambda: time.sleep(60), "crash": os.abort, "read": lambda: None}
fuzz_files.outcome = lambda path, same: does[path.name]() or "read"
worker = fuzz_files.Worker()
for name in does:
    Path(name).write_bytes(b"")
    print(worker.judge(Path(name).resolve(), False, False), flush=True)
"""


def test_the_fuzzer_survives_what_its_worker_does_not(tmp_path):
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tools")])}
    said = subprocess.run(
        [sys.executable, "-c", SURVIVORS], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert said.stdout.splitlines() == ["over 1 s", "it crashed", "read"], said.stderr


def test_a_tiff_whose_voxels_begin_in_its_header_is_refused(tmp_path):
    path = tmp_path / "one.tif"
    tifffile.imwrite(path, ARRAY, photometric="minisblack")
    with tifffile.TiffFile(path) as file:
        place = file.pages[0].tags["StripOffsets"].offset
    whole = bytearray(path.read_bytes())
    whole[place + 8 : place + 12] = bytes(4)
    path.write_bytes(whole)
    refused(path, "its voxels begin inside its header")


def test_a_header_with_voxels_too_flat_to_be_seen_is_reported(tmp_path):
    image = nib.Nifti1Image(ARRAY, np.diag([1, 1, 1e5, 1]))
    nib.save(image, tmp_path / "flat.nii")
    with pytest.warns(UserWarning, match="which cannot be; taking 1 x 1 x 1 mm"):
        assert slicekit.load(tmp_path / "flat.nii").spacing == (1, 1, 1)
