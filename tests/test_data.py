"""The data room, against a server of our own that stands in for the upstream site."""

import os
import subprocess
import sys
import time
import tracemalloc
import zipfile

import nibabel as nib
import numpy as np
import pooch
import pytest
from upstream import kept

import slicekit
from slicekit import __main__, data
from slicekit.download import Source
from slicekit.transfer import DownloadError

SAMPLE = data.resource(data.SAMPLE)
BOOK = data.registry()


def other_archive(path, shape=data.SHAPE, zooms=data.SPACING):
    """Write a valid archive that is not the sample: Analyze, another 'head'."""
    voxels = (np.indices(shape).sum(axis=0) % 251).astype(np.int16)
    pair = path.parent / "pair"
    pair.mkdir(parents=True, exist_ok=True)
    nib.save(nib.AnalyzeImage(voxels, np.diag([*zooms, 1])), pair / "scan.img")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for suffix in (".img", ".hdr"):
            archive.write(pair / f"scan{suffix}", data.STRUCTURAL + suffix)
    return path


PAGE = b"<!DOCTYPE html><html><body>Please log in to the network</body></html>"


def faults(upstream):
    whole = SAMPLE.read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 2] ^= 1
    return {
        "wrong bytes": (upstream.send(bytes(flipped)), "damaged or cut short"),
        "truncated": (upstream.send(whole[:-5000], len(whole)), "broke off"),
        "truncated, and no length to tell": (upstream.send(whole[:-5000]), "damaged or cut short"),
        "web page": (upstream.send(PAGE), "a web page instead"),
        "empty": (upstream.send(b""), "damaged or cut short"),
        "not found": (upstream.send(b"gone", status=404), "404"),
        "server error": (upstream.send(b"oops", status=500), "500"),
        "silent": (upstream.silence, "silent for 0.5 seconds"),
        "silent half-way": (upstream.stall, "silent for 0.5 seconds"),
    }


FAULTS = [
    "wrong bytes",
    "truncated",
    "truncated, and no length to tell",
    "web page",
    "empty",
    "not found",
    "server error",
    "silent",
    "silent half-way",
]


def test_a_good_file_is_kept_with_its_checksum(upstream, cache):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    path = slicekit.fetch("attention")
    assert path == cache / "attention.zip"
    assert path.read_bytes() == SAMPLE.read_bytes()
    assert kept(cache) == ["attention.zip", "attention.zip.sha256"]
    assert (cache / "attention.zip.sha256").read_text().strip() == (
        f"sha256:{pooch.file_hash(str(SAMPLE))}"
    )


def test_a_file_in_the_cache_needs_no_network(upstream, cache):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    slicekit.fetch("attention")
    slicekit.fetch("attention")
    assert upstream.asked == ["/attention.zip"]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failed_download_is_one_clear_line_and_nothing_is_kept(upstream, cache, capsys, fault):
    upstream.answers["attention.zip"], reason = faults(upstream)[fault]
    path = slicekit.fetch("attention")
    said = capsys.readouterr().out
    assert path == SAMPLE
    assert said.count("\n") == 1
    assert "attention.zip" in said
    assert reason in said
    assert "Nothing was kept" in said
    assert "Using attention-sample.zip instead" in said
    assert kept(cache) == []


@pytest.mark.parametrize("fault", FAULTS)
def test_whoever_insists_on_the_real_data_gets_an_error(upstream, cache, monkeypatch, fault):
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    upstream.answers["attention.zip"], reason = faults(upstream)[fault]
    with pytest.raises(DownloadError, match=reason) as caught:
        slicekit.fetch("attention")
    assert "\n" not in str(caught.value)
    assert kept(cache) == []


def test_no_such_host(cache, capsys, monkeypatch):
    source = Source(None, "https://slicekit.invalid/attention.zip")
    monkeypatch.setattr(data, "registry", lambda: BOOK | {"attention.zip": source})
    assert slicekit.fetch("attention") == SAMPLE
    assert "no connection" in capsys.readouterr().out
    assert kept(cache) == []


@pytest.mark.parametrize("url", ["http://example.org/a.zip", "ftp://example.org/a.zip", None])
def test_only_https_leaves_this_machine(cache, capsys, monkeypatch, url):
    monkeypatch.setattr(data, "registry", lambda: BOOK | {"attention.zip": Source(None, url)})
    slicekit.fetch("attention")
    assert "not an https address" in capsys.readouterr().out


def test_another_scan_under_the_same_name_is_refused(upstream, cache, capsys, tmp_path):
    wrong = other_archive(tmp_path / "wrong.zip", shape=(10, 12, 14))
    upstream.answers["attention.zip"] = upstream.send(wrong.read_bytes())
    slicekit.fetch("attention")
    assert "10 x 12 x 14 voxels" in capsys.readouterr().out
    assert kept(cache) == []


def test_another_archive_under_the_same_name_is_refused(upstream, cache, capsys, tmp_path):
    with zipfile.ZipFile(tmp_path / "cats.zip", "w") as cats:
        cats.writestr("cat.txt", "meow")
    upstream.answers["attention.zip"] = upstream.send((tmp_path / "cats.zip").read_bytes())
    slicekit.fetch("attention")
    assert "not the article's archive" in capsys.readouterr().out
    assert kept(cache) == []


def test_a_pinned_checksum_decides(upstream, cache, monkeypatch, capsys, tmp_path):
    pinned = Source(f"sha256:{pooch.file_hash(str(SAMPLE))}", upstream.url + "attention.zip")
    monkeypatch.setattr(data, "registry", lambda: BOOK | {"attention.zip": pinned})
    valid = other_archive(tmp_path / "other.zip")
    upstream.answers["attention.zip"] = upstream.send(valid.read_bytes())
    assert slicekit.fetch("attention") == SAMPLE
    assert "expected sha256:" in capsys.readouterr().out
    assert kept(cache) == []
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    assert slicekit.fetch("attention") == cache / "attention.zip"


def test_a_change_in_the_cache_is_an_error_and_nothing_is_lost(upstream, cache):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    path = slicekit.fetch("attention")
    changed = bytearray(path.read_bytes())
    changed[1000] ^= 1
    path.write_bytes(changed)
    for function in (slicekit.fetch, slicekit.load):
        with pytest.raises(ValueError, match=r"attention.zip has changed: .*delete it and"):
            function()
    assert path.read_bytes() == bytes(changed)
    assert kept(cache) == ["attention.zip", "attention.zip.sha256"]


def test_a_change_upstream_is_an_error_after_the_first_time(upstream, cache, tmp_path, capsys):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    slicekit.fetch("attention").unlink()
    valid = other_archive(tmp_path / "other.zip")
    upstream.answers["attention.zip"] = upstream.send(valid.read_bytes())
    assert slicekit.fetch("attention") == SAMPLE
    assert "expected sha256:" in capsys.readouterr().out


def test_an_archive_put_there_by_hand_is_checked_and_recorded(upstream, cache):
    cache.mkdir()
    other_archive(cache / "attention.zip")
    assert slicekit.fetch("attention") == cache / "attention.zip"
    assert (cache / "attention.zip.sha256").exists()
    assert upstream.asked == []


def test_a_cache_that_cannot_be_written_is_named(upstream, cache):
    cache.write_text("a file where the folder should be")
    with pytest.raises(OSError, match=r"cannot write to the cache .*set SLICEKIT_DATA_DIR"):
        slicekit.fetch("attention")


def test_an_unknown_name_is_told_the_known_ones():
    with pytest.raises(ValueError, match=r"no data set 'brain'; there are attention, att"):
        slicekit.fetch("brain")


def test_under_sample_nothing_is_asked_of_the_network(upstream, monkeypatch, capsys):
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert slicekit.fetch("attention") == SAMPLE
    assert upstream.asked == []
    assert "nothing is downloaded" in capsys.readouterr().out


def test_load_takes_the_sample_while_there_is_nothing_else(cache, capsys):
    volume = slicekit.load()
    assert "bundled sample" in capsys.readouterr().out
    assert (volume.shape, volume.spacing) == (data.SHAPE, data.SPACING)


def test_load_takes_the_real_scan_when_it_is_there(cache, capsys, monkeypatch):
    cache.mkdir()
    other_archive(cache / "attention.zip")
    sample_or_not = np.asarray(slicekit.load())
    assert "from the cache" in capsys.readouterr().out
    assert sample_or_not[1, 2, 3] == 6
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert np.asarray(slicekit.load())[1, 2, 3] != 6


@pytest.mark.parametrize("record", ["", "sha256:12", "\x00\xff"])
def test_a_record_that_was_cut_short_counts_for_nothing(upstream, cache, record):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    cache.mkdir()
    (cache / "attention.zip.sha256").write_text(record)
    assert slicekit.fetch("attention") == cache / "attention.zip"
    assert "sha256:" in (cache / "attention.zip.sha256").read_text()


@pytest.mark.parametrize("content", [b"", PAGE, b"PK\x03\x04 cut"])
def test_a_bad_file_in_the_cache_is_named_and_left_there(upstream, cache, content):
    cache.mkdir()
    (cache / "attention.zip").write_bytes(content)
    with pytest.raises(ValueError, match=r"cache/attention.zip: .*; delete it, and fetch it again"):
        slicekit.fetch("attention")
    assert kept(cache) == ["attention.zip"]


def test_a_folder_in_the_place_of_the_file_is_named(upstream, cache):
    (cache / "attention.zip").mkdir(parents=True)
    with pytest.raises(ValueError, match="is not a file; remove it"):
        slicekit.fetch("attention")


def test_what_a_killed_download_left_is_swept_up_later(upstream, cache):
    left, young = cache / ".partial-left", cache / ".partial-young"
    for folder in (left, young):
        folder.mkdir(parents=True)
        (folder / "attention.zip").write_bytes(b"half")
    for path in (left / "attention.zip", left, young):  # the young one is still written into
        os.utime(path, (1, 1))
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    slicekit.fetch("attention")
    assert not left.exists()
    assert young.exists()


def test_damage_anywhere_in_the_archive_is_noticed(tmp_path):
    whole = SAMPLE.read_bytes()
    for place in range(5000, len(whole), len(whole) // 12):
        damaged = bytearray(whole)
        damaged[place] ^= 0xFF
        (tmp_path / "damaged.zip").write_bytes(damaged)
        with pytest.raises(ValueError, match=r"damaged or cut short|not the article"):
            data.check(tmp_path / "damaged.zip")


def test_a_redirect_does_not_lead_away_from_https(upstream, cache, capsys):
    upstream.answers["attention.zip"] = upstream.redirect("http://127.0.0.2/attention.zip")
    assert slicekit.fetch("attention") == SAMPLE
    assert "'http://127.0.0.2/attention.zip' is not an https address" in capsys.readouterr().out


def test_a_damaged_sample_is_named(tmp_path, monkeypatch):
    other_archive(tmp_path / "attention-sample.zip")
    find = data.resource
    monkeypatch.setattr(
        data, "resource", lambda name: tmp_path / name if name == data.SAMPLE else find(name)
    )
    with pytest.raises(ValueError, match=r"the bundled sample .* is damaged; reinstall slicekit"):
        slicekit.load()


def test_with_the_real_archive_the_tiff_is_made_from_it(cache, monkeypatch, capsys):
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    source = Source(None, "https://slicekit.invalid/attention-mri.tif")
    monkeypatch.setattr(data, "registry", lambda: BOOK | dict.fromkeys(data.FILES.values(), source))
    cache.mkdir()
    other_archive(cache / "attention.zip")
    assert np.array_equal(slicekit.load(slicekit.fetch("attention-mri")), slicekit.load())


def test_load_never_downloads(upstream, cache, monkeypatch):
    slicekit.load()
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    with pytest.raises(FileNotFoundError, match=r"run slicekit.fetch\('attention'\) once"):
        slicekit.load()
    assert upstream.asked == []


def test_a_misspelt_choice_is_named(monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "smaple")
    with pytest.raises(ValueError, match=r"SLICEKIT_DATASET is 'smaple'; use"):
        slicekit.load()


def test_the_tiff_twin_follows_the_archive_in_the_cache(cache, capsys, monkeypatch):
    source = Source(None, "https://slicekit.invalid/attention-mri.tif")
    monkeypatch.setattr(data, "registry", lambda: BOOK | dict.fromkeys(data.FILES.values(), source))
    cache.mkdir()
    other_archive(cache / "attention.zip")
    twin = slicekit.fetch("attention-mri")
    assert "Using attention-twin.tif instead" in capsys.readouterr().out
    assert np.array_equal(slicekit.load(twin), slicekit.load())


def test_a_cache_owned_by_somebody_else_is_named(cache, tmp_path):
    """As another user, since root may write everywhere."""
    cache.mkdir()
    cache.chmod(0o555)
    tmp_path.chmod(0o755)
    code = (
        "import os, sys; os.environ.pop('SLICEKIT_DATASET', None)\n"
        "from pathlib import Path\n"
        "from slicekit.download import writable\n"
        "os.geteuid() or os.seteuid(65534)\n"
        "writable(Path(sys.argv[1]))"
    )
    run = [sys.executable, "-c", code, str(cache)]
    said = subprocess.run(run, capture_output=True, text=True)
    assert said.returncode == 1
    assert "set SLICEKIT_DATA_DIR to a folder of your own" in said.stderr


def test_the_tiff_twin_is_the_sample(cache, monkeypatch, capsys):
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    path = slicekit.fetch("attention-mri")
    assert path.parent == cache
    assert np.array_equal(slicekit.load(path), slicekit.load())


def test_a_tiff_that_is_not_the_scan_is_refused(cache, tmp_path):
    import tifffile

    tifffile.imwrite(
        tmp_path / "attention-mri.tif", np.zeros((3, 4, 5), np.uint8), photometric="minisblack"
    )
    with pytest.raises(ValueError, match=r"3 x 4 x 5 voxels"):
        data.check(tmp_path / "attention-mri.tif")


def test_the_registry_names_what_it_should():
    entries = data.registry()
    assert entries["attention.zip"].checksum is None
    assert entries["attention.zip"].url.startswith("https://www.fil.ion.ucl.ac.uk/")
    assert entries["attention-mri.tif"].url.endswith("attention-mri.tif")
    assert entries["attention-sample.zip"].url is None
    assert entries["attention-sample.zip"].checksum == f"sha256:{pooch.file_hash(str(SAMPLE))}"


def test_the_pin_command_prints_a_registry_line(upstream, cache, capsys):
    upstream.answers["attention.zip"] = upstream.send(SAMPLE.read_bytes())
    assert __main__.main(["pin"]) == 0
    name, checksum, url = capsys.readouterr().out.split()
    assert (name, url) == ("attention.zip", upstream.url + "attention.zip")
    assert checksum == f"sha256:{pooch.file_hash(str(SAMPLE))}"


def test_the_fetch_command_fails_in_one_line(upstream, cache, capsys):
    upstream.answers["attention.zip"] = upstream.send(PAGE)
    assert __main__.main(["fetch"]) == 1
    assert capsys.readouterr().err.strip().splitlines()[-1].endswith("Nothing was kept.")


def test_a_silent_server_does_not_hold_us_for_long(upstream):
    upstream.answers["attention.zip"] = upstream.silence
    start = time.monotonic()
    slicekit.fetch("attention")
    assert time.monotonic() - start < 5


class TestTheSample:
    """Content and header, not the bytes of the zip."""

    volume = data.read_archive(SAMPLE)

    def test_grid(self):
        assert (self.volume.shape, self.volume.spacing) == (data.SHAPE, data.SPACING)
        assert self.volume.array.dtype == np.uint8

    def test_affine(self):
        expected = nib.affines.from_matvec(np.diag([1, 1, 2]), [-78, -112, -50])
        assert np.array_equal(self.volume.affine, expected)
        assert nib.aff2axcodes(self.volume.affine) == ("R", "A", "S")

    def test_voxels(self):
        array = self.volume.array
        assert int(array.sum()) == 126_108_871
        assert [int(array[75].max()), int(array.T[34].max()), int(array.max())] == [190, 170, 237]

    @pytest.mark.parametrize("axis", [0, 1, 2])
    def test_it_differs_from_its_mirror_image(self, axis):
        array = self.volume.array.astype(int)
        assert np.abs(array - np.flip(array, axis)).mean() > 5

    def test_layout(self):
        with zipfile.ZipFile(SAMPLE) as archive:
            names = [name for name in archive.namelist() if "/structural/" in name]
            notice = archive.read("attention/COPYING.sample").decode()
            readme = archive.read("attention/README_SAMPLE.txt").decode()
        assert names == [
            "attention/structural/",
            "attention/structural/nsM00587_0002.img",
            "attention/structural/nsM00587_0002.hdr",
        ]
        assert "McConnell Brain Imaging Centre" in notice
        assert "This is not their scan" in readme

    def test_size(self):
        assert SAMPLE.stat().st_size < 1.33e6


# ---- word for word


def said(error, ask, *arguments):
    with pytest.raises(error) as caught:
        ask(*arguments)
    return str(caught.value)


def test_what_is_said_of_which_volume_it_is(cache, capsys, monkeypatch, tmp_path):
    monkeypatch.setattr(data, "read_archive", lambda archive: archive)
    sample = "The bundled sample: a head on the grid of the article's scan, not the scan itself.\n"
    assert slicekit.load() == SAMPLE
    assert capsys.readouterr().out == sample
    cache.mkdir()
    (cache / "attention.zip").write_bytes(SAMPLE.read_bytes())
    (cache / "attention.zip.sha256").write_text(BOOK["attention-sample.zip"].checksum)
    assert slicekit.load() == cache / "attention.zip"
    real = "The article's scan (Buchel and Friston, 1997), from the cache.\n"
    assert capsys.readouterr().out == real
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert slicekit.load() == slicekit.fetch() == SAMPLE
    assert capsys.readouterr().out == (
        f"{sample}SLICEKIT_DATASET is 'sample': nothing is downloaded, "
        "this is the bundled sample.\n"
    )


def test_what_is_said_where_nothing_can_be_downloaded(cache, capsys, monkeypatch):
    monkeypatch.setattr(data, "registry", lambda: BOOK | {"attention.zip": Source(None, "x")})
    fault = (
        "attention.zip could not be downloaded from x: 'x' is not an https address. "
        "Nothing was kept; try again later."
    )
    assert slicekit.fetch() == SAMPLE
    assert capsys.readouterr().out == f"{fault} Using attention-sample.zip instead.\n"
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    assert said(DownloadError, slicekit.fetch) == fault


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (
            "attention",
            "SLICEKIT_DATASET is 'attention', but there is no {cache}/attention.zip; "
            "run slicekit.fetch('attention') once, or set SLICEKIT_DATASET=sample",
        ),
        (
            "Sample",
            "SLICEKIT_DATASET is 'Sample'; use 'sample' or 'attention', or unset it",
        ),
    ],
)
def test_a_choice_that_cannot_be_is_told_in_full(cache, monkeypatch, choice, words):
    monkeypatch.setenv("SLICEKIT_DATASET", choice)
    assert said((ValueError, FileNotFoundError), slicekit.load) == words.format(cache=cache)


def test_an_empty_choice_is_none(cache, monkeypatch, capsys):
    monkeypatch.setenv("SLICEKIT_DATASET", "")
    assert slicekit.load().name == "nsM00587_0002.hdr"


def test_names_that_there_are_not(tmp_path, monkeypatch):
    words = "no data set 'brain'; there are attention, attention-mri"
    assert said(ValueError, slicekit.fetch, "brain") == words
    package = data.Path(data.__file__).parent
    words = f"brain.zip is missing beside {package}; reinstall slicekit"
    assert said(FileNotFoundError, data.resource, "brain.zip") == words


def test_a_sample_that_is_not_the_registrys_is_named(tmp_path, monkeypatch):
    find, fake = data.resource, tmp_path / "sample.zip"
    fake.write_bytes(b"other")
    monkeypatch.setattr(data, "resource", lambda name: fake if name == data.SAMPLE else find(name))
    words = f"the bundled sample {fake} is damaged; reinstall slicekit"
    assert said(ValueError, slicekit.load) == words


def test_the_cache_is_the_users_own_unless_told(monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "")
    assert data.cache_dir() == pooch.os_cache("slicekit")
    monkeypatch.setenv("HOME", "/somewhere")
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "~/cache")
    assert str(data.cache_dir()) == "/somewhere/cache"
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "~nobody-by-this-name/cache")
    words = "no home is known for ~nobody-by-this-name/cache; set SLICEKIT_DATA_DIR to a folder"
    assert said(OSError, data.cache_dir) == words
    monkeypatch.setenv("SLICEKIT_DATA_DIR", "~" + "a\n" * 1000)
    words = f"no home is known for ~{'a ' * 198}..."
    assert said(OSError, data.cache_dir) == f"{words}; set SLICEKIT_DATA_DIR to a folder"


# ---- what an archive must be


def pack(path, **members):
    """Write an archive with a header and voxels, of which some may be others, or None."""
    with zipfile.ZipFile(path, "w") as archive:
        for end, content in {"hdr": b"header", "img": b"voxels", **members}.items():
            if content is not None:
                archive.writestr(f"{data.STRUCTURAL}.{end}", content)
    return path


def list_as(size, path):
    """Let an archive say of its last member that it has so many bytes."""
    packed = bytearray(path.read_bytes())
    listed = packed.rfind(b"PK\1\2")
    packed[listed + 24 : listed + 28] = size.to_bytes(4, "little")
    path.write_bytes(packed)


def test_a_member_larger_than_any_scan_is_refused(tmp_path):
    list_as(2**26 + 1, pack(tmp_path / "a.zip"))
    words = f"it is damaged or cut short ({data.STRUCTURAL}.img would be 67108865 bytes)"
    assert said(ValueError, data.read_archive, tmp_path / "a.zip") == words


def test_a_member_may_be_as_large_as_that_and_no_larger(tmp_path, monkeypatch):
    monkeypatch.setattr(data, "read_volume", lambda path: data.Volume(np.zeros((2, 2, 2))))
    data.read_archive(pack(tmp_path / "a.zip", img=bytes(2**20)))
    monkeypatch.setattr(data, "LARGEST", 2**20)
    data.read_archive(pack(tmp_path / "a.zip", img=bytes(2**20)))
    words = f"it is damaged or cut short ({data.STRUCTURAL}.img would be {2**20 + 1} bytes)"
    assert (
        said(ValueError, data.read_archive, pack(tmp_path / "a.zip", img=bytes(2**20 + 1))) == words
    )


@pytest.mark.parametrize("end", ["hdr", "img"])
def test_an_archive_without_the_scan_is_named(tmp_path, end):
    name = f"{data.STRUCTURAL}.{end}"
    words = f"it is not the article's archive (\"There is no item named '{name}' in the archive\")"
    assert said(ValueError, data.read_archive, pack(tmp_path / "a.zip", **{end: None})) == words


def test_what_is_no_archive_is_named(tmp_path):
    (tmp_path / "a.zip").write_bytes(b"no archive")
    words = "it is damaged or cut short (File is not a zip file)"
    assert said(ValueError, data.check, tmp_path / "a.zip") == words


@pytest.mark.parametrize("start", [b"<!doctype html>", b" \n<HTML>", b"<?xml version='1.0'?>"])
def test_a_page_in_the_place_of_a_file_is_named(tmp_path, start):
    words = "the server sent a web page instead (perhaps a network's login page)"
    for name in ("a.zip", "a.tif"):
        (tmp_path / name).write_bytes(start)
        assert said(ValueError, data.check, tmp_path / name) == words


@pytest.mark.parametrize(
    ("name", "spacing"), [("a.zip", data.SPACING), ("a.tif", (1, 1, 1)), ("a.zip", (1, 1, 1))]
)
def test_a_scan_is_known_by_its_grid(tmp_path, monkeypatch, name, spacing):
    (tmp_path / name).write_bytes(b"scan")
    reader = "read_volume" if name == "a.tif" else "read_archive"
    scan = data.Volume(np.broadcast_to(np.uint8(0), data.SHAPE), spacing)
    monkeypatch.setattr(data, reader, lambda path: scan)
    if name == "a.zip" and spacing != data.SPACING:
        words = f"it holds {scan!r}, not the scan of (157, 189, 68) voxels"
        assert said(ValueError, data.check, tmp_path / name) == words
    else:
        data.check(tmp_path / name)


def test_what_comes_out_of_an_archive_needs_no_file():
    assert data.read_archive(SAMPLE).array.flags.owndata


def test_the_files_are_called_as_they_are_upstream(monkeypatch, cache):
    monkeypatch.setattr(data, "download", lambda name, source, *_: (name, source))
    for name, file in (("attention", "attention.zip"), ("attention-mri", "attention-mri.tif")):
        assert slicekit.fetch(name) == (file, BOOK[file])


def test_the_twin_of_the_sample_has_a_name_of_its_own(cache, monkeypatch):
    monkeypatch.setenv("SLICEKIT_DATASET", "sample")
    assert slicekit.fetch("attention-mri") == cache / "attention-sample-twin.tif"
    assert kept(cache) == ["attention-sample-twin.tif"]


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_member_that_unpacks_at_once_is_not_unpacked(tmp_path, method):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", method) as archive:
        archive.writestr(f"{data.STRUCTURAL}.hdr", bytes(2**20))
    words = f"it is damaged or cut short ({data.STRUCTURAL}.hdr is packed by method {method})"
    assert said(ValueError, data.read_archive, tmp_path / "a.zip") == words


def test_no_more_is_unpacked_than_a_member_is_said_to_have(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{data.STRUCTURAL}.hdr", bytes(2**26))
    list_as(348, tmp_path / "a.zip")
    tracemalloc.start()
    try:
        assert "Bad CRC-32" in said(ValueError, data.read_archive, tmp_path / "a.zip")
        assert tracemalloc.get_traced_memory()[1] < 2**22
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", [[], None, "attention.zip"])
def test_a_data_set_that_is_none_is_named(name):
    words = f"no data set {name!r}; there are attention, attention-mri"
    assert said(ValueError, data.fetch, name) == words


def test_why_the_scan_did_not_come_is_said_for_its_twin_as_well(monkeypatch, tmp_path):
    def fail(*_):
        raise DownloadError("the cable is cut")

    monkeypatch.setenv("SLICEKIT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    monkeypatch.setattr(data, "download", fail)
    assert said(DownloadError, data.fetch, "attention-mri") == "the cable is cut"


def test_whoever_insists_on_the_scan_gets_no_sample_when_a_file_came_meanwhile(cache, monkeypatch):
    def fail(*_):
        cache.mkdir()
        (cache / "attention.zip").write_bytes(b"of another download")
        raise DownloadError("the cable is cut")

    monkeypatch.setenv("SLICEKIT_DATASET", "attention")
    monkeypatch.setattr(data, "download", fail)
    assert said(DownloadError, data.fetch) == "the cable is cut"
