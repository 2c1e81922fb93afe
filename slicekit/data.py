"""Where volumes come from: a registry, a cache that is checked, and the sample that comes along."""

import io
import os
import zipfile
from os import PathLike
from pathlib import Path
from tempfile import TemporaryDirectory

import pooch

from slicekit.complaint import in_one_line, told
from slicekit.download import Source, download, in_words, workplace
from slicekit.files import read_volume
from slicekit.transfer import DownloadError
from slicekit.volume import Volume

STRUCTURAL = "attention/structural/nsM00587_0002"
SHAPE, SPACING = (157, 189, 68), (1.0, 1.0, 2.0)
PACKED = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # of others zipfile unpacks a bomb at once
LARGEST = 2**26  # bytes of a file in the archive: the scan has 2**22
SAMPLE = "attention-sample.zip"
FILES = {"attention": "attention.zip", "attention-mri": "attention-mri.tif"}


def resource(name: str) -> Path:
    """Return a file or folder that ships with slicekit, from a clone or from a wheel."""
    package = Path(__file__).parent
    for place in (package / "_data" / name, package.parent / name):
        if place.exists():
            return place
    raise FileNotFoundError(f"{name} is missing beside {package}; reinstall slicekit")


def registry() -> dict[str, Source]:
    """Read ``data_registry.txt``: file name to checksum and URL."""
    book = pooch.create(path="", base_url="")  # it only reads the registry
    book.load_registry(resource("data_registry.txt"))
    return {
        name: Source(None if checksum == "unpinned" else checksum, book.urls.get(name))
        for name, checksum in book.registry.items()
    }


def cache_dir() -> Path:
    """Return the folder for downloads: ``SLICEKIT_DATA_DIR``, or the user's cache."""
    place = Path(os.environ.get("SLICEKIT_DATA_DIR") or pooch.os_cache("slicekit"))
    try:
        return place.expanduser()
    except RuntimeError as fault:
        home = in_one_line(place)
        raise OSError(f"no home is known for {home}; set SLICEKIT_DATA_DIR to a folder") from fault


def fetch(name: str = "attention") -> Path:
    """Return the archive of the article's scan, downloaded once and checked each time.

    Only this function and ``python -m slicekit`` use the network.

    Parameters
    ----------
    name : str
        ``"attention"``, the article's zip archive, or ``"attention-mri"``, its
        structural scan as one TIFF; default: ``"attention"``.

    Returns
    -------
    Path
        The file in the cache. If it cannot be had, one line says why, and it is the
        bundled sample under the same layout; not so with ``SLICEKIT_DATASET=attention``.

    Raises
    ------
    ValueError
        If there is no such name, or the file in the cache has changed.
    DownloadError
        If the download fails and ``SLICEKIT_DATASET`` is ``"attention"``.
    OSError
        If the cache cannot be written.
    """
    if not isinstance(name, str) or name not in FILES:
        raise ValueError(f"no data set {told(name)}; there are {', '.join(FILES)}")
    if _choice() == "sample":
        print("SLICEKIT_DATASET is 'sample': nothing is downloaded, this is the bundled sample.")
        return _stand_in(name)
    try:
        return download(FILES[name], registry()[FILES[name]], cache_dir(), check)
    except DownloadError as fault:
        if _choice() == "attention" and (name == "attention" or not _in_cache()):
            raise
        instead = _stand_in(name)
        print(f"{fault} Using {instead.name} instead.")
        return instead


def load(source: str | PathLike[str] | None = None, *, frame: int | None = None) -> Volume:
    """Return a volume: yours, or the one of the chapters. Never downloads.

    Parameters
    ----------
    source : path or None
        A file to read. Default: None, the article's scan if `fetch` has brought it,
        else the bundled sample; one line says which. The environment variable
        ``SLICEKIT_DATASET`` decides between them: ``sample`` or ``attention``.
    frame : int or None
        Which volume of a 4-D file.

    Returns
    -------
    Volume
        The array with its spacing in mm: 1 x 1 x 1 where the file does not tell it, and of a
        TIFF, of which it is not read; ``spacing=`` of `slicekit.view` tells it then.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file is missing, cannot be read, or has changed in the cache.
    """
    if source is not None:
        return read_volume(source, frame)
    archive = _archive()
    if archive.name == SAMPLE:
        print("The bundled sample: a head on the grid of the article's scan, not the scan itself.")
    else:
        print("The article's scan (Buchel and Friston, 1997), from the cache.")
    return read_archive(archive)


def read_archive(archive: Path) -> Volume:
    """Read the structural scan out of an archive, each byte checked against its CRC.

    Raises
    ------
    ValueError
        If the archive is damaged, or another one.
    """
    with TemporaryDirectory() as folder:
        header = Path(folder, Path(STRUCTURAL).name + ".hdr")
        for place in (header, header.with_suffix(".img")):
            place.write_bytes(_member(archive, STRUCTURAL + place.suffix))
        lazy = read_volume(header)
        return Volume(lazy.__array__(copy=True), lazy.spacing, lazy.affine, lazy.name)


def _member(archive: Path, name: str) -> bytes:
    with archive.open("rb") as file:
        try:
            members = zipfile.ZipFile(file)
            member = members.getinfo(name)
            if member.file_size > LARGEST:
                raise ValueError(f"{name} would be {member.file_size} bytes")
            if member.compress_type not in PACKED:
                raise ValueError(f"{name} is packed by method {member.compress_type}")
            with members.open(member) as stream:  # never more than it is said to have
                return b"".join(iter(lambda: stream.read(2**16), b""))
        except KeyError as fault:
            raise ValueError(f"it is not the article's archive ({fault})") from fault
        except Exception as fault:
            # zipfile, and the libraries that it unpacks with, raise whatever they meet
            raise ValueError(f"it is damaged or cut short ({in_one_line(fault)})") from fault


def check(path: Path) -> None:
    """Raise ValueError if a file does not hold the article's scan."""
    with path.open("rb") as file:
        start = file.read(512).lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise ValueError("the server sent a web page instead (perhaps a network's login page)")
    known = path.suffix != ".tif"
    volume = read_archive(path) if known else read_volume(path)
    if (volume.shape, volume.spacing) != (SHAPE, SPACING if known else (1.0, 1.0, 1.0)):
        raise ValueError(f"it holds {volume!r}, not the scan of {SHAPE} voxels")


def _choice() -> str | None:
    kind = os.environ.get("SLICEKIT_DATASET") or None
    if kind not in (None, "sample", "attention"):
        raise ValueError(f"SLICEKIT_DATASET is {kind!r}; use 'sample' or 'attention', or unset it")
    return kind


def _in_cache() -> bool:
    """Tell whether the article's archive, or something with its name, is in the cache."""
    return os.path.exists(cache_dir() / FILES["attention"])


def _archive() -> Path:
    """Return the archive that there is: the article's from the cache, checked, or the sample."""
    name = FILES["attention"]
    if _choice() != "sample" and _in_cache():
        return download(name, registry()[name], cache_dir(), check)
    if _choice() == "attention":
        words = f"SLICEKIT_DATASET is 'attention', but there is no {cache_dir() / name}"
        cure = "run slicekit.fetch('attention') once, or set SLICEKIT_DATASET=sample"
        raise FileNotFoundError(f"{words}; {cure}")
    return _sample()


def _sample() -> Path:
    sample = resource(SAMPLE)
    if f"sha256:{pooch.file_hash(str(sample))}" != registry()[SAMPLE].checksum:
        raise ValueError(f"the bundled sample {sample} is damaged; reinstall slicekit")
    return sample


def _stand_in(name: str) -> Path:
    """Return the sample, or a TIFF written from the archive that there is into the cache."""
    if name == "attention":
        return _sample()
    import tifffile

    archive = _archive()
    image = io.BytesIO()  # NumPy, which writes tifffile's files, does not say that a disk is full
    tifffile.imwrite(image, read_archive(archive).__array__(), photometric="minisblack")
    twin = cache_dir() / f"{archive.stem}-twin.tif"
    with workplace(twin.parent) as place, in_words("cannot write to the cache", twin.parent):
        Path(place, twin.name).write_bytes(image.getvalue())
        Path(place, twin.name).replace(twin)
    return twin
