"""Read a volume from a file: NIfTI, Analyze, TIFF or .npy in, a `Volume` out."""

import os
import re
import warnings
from collections.abc import Callable, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from slicekit.complaint import in_one_line
from slicekit.intact import COMPRESSED, check_nibabel, check_tiff, has_file, in_one_voice
from slicekit.sizes import are_sizes, is_affine, voxel_sizes
from slicekit.volume import Volume, check_voxels, check_whole
from slicekit.written import as_path

T = TypeVar("T")
Read = tuple[Any, tuple[float, ...], np.ndarray | None]  # array, spacing, affine
Series = tuple[Any, tuple[float, ...], np.ndarray | None, str]
ALL: Any = object()  # instead of one frame
READABLE = "NIfTI and Analyze (.nii, .nii.gz, .hdr/.img), TIFF (.tif, .tiff) and NumPy (.npy)"
# names of what nibabel reads as a volume: it goes by them, too
NAMES = r"(?is).*\.(nii|hdr|img|mg[hz]|mnc|par|rec|head|brik)(\.gz|\.bz2|\.zst)?"
HEADER = "its header is damaged; copy it again"
CURES = {  # what libraries say of a file: what is the matter, and what helps
    "MemoryError": "it does not fit into memory; unpack it on the disk first",
    "imagecodecs|'compression": "only imagecodecs can unpack it; pip install imagecodecs",
    r"need package ([\w.]+)": r"only \1 can read it; pip install \1",
    "[Nn]ot a (gzip|bzip2)": "it is not packed as its name says; rename it",
    "Cannot work out": "it is not what its name says; add .gz if it is packed, or copy it again",
    "no attribute 'get_zooms'": "it holds no volume of which nibabel knows the sizes",
    "^ValueError: (mmap length|EOF)": "it is cut short; copy it again",
    "Python objects": "it holds Python objects, no numbers; save an array of numbers",
    "^(Token|Unicode)|magic string|array is too|we only supp|negative dim|maximum supp": HEADER,
    "^ValueError: ((descr|shape|fortran_order) is not|Header|malformed node|Cannot parse)": HEADER,
}


def read_volume(path: str | PathLike[str], frame: int | None = None) -> Volume:
    """Read a volume and the size of its voxels.

    What is not compressed stays on disk, and only the slices that are asked for are
    read; but a TIFF whose images do not lie in it one after the other, as they are, is read
    whole. What is compressed is unpacked once, in the type that the file has. In a TIFF the
    slices lie along Z, and time and channels behind them; NIfTI's m and um become mm. What a
    TIFF says of sizes is not read, and its voxels are cubes of 1 mm: ``spacing=`` of
    `slicekit.view` tells the sizes, as does the one of `slicekit.Volume`.

    Parameters
    ----------
    path : path
        A file of one of the formats in `READABLE`. Of a ``.hdr``/``.img`` pair, either.
    frame : int or None
        Which volume of a 4-D series; default: None, for a file that holds only one.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If the file cannot be read as a volume; the message says why.
    """
    return _read(as_path(path), None if frame is None else check_whole(frame, "frame"), Volume)


def read_series(path: str | PathLike[str]) -> Series:
    """Read all that a file holds: a volume, or a series of them with time as the last axis.

    Returns
    -------
    tuple
        The array, the spacing of its first three axes in mm, their affine or None, and
        the name of the file.

    Raises
    ------
    FileNotFoundError, ValueError
        As `read_volume`.
    """
    return _read(as_path(path), ALL, lambda array, mm, affine, name: (array, mm, affine, name))


def _read(path: Path, frame: int | None, make: Callable[..., T]) -> T:
    if not os.path.exists(path):
        name = in_one_line(repr(str(path)))
        raise FileNotFoundError(f"no file {name}; check the path, seen from {Path.cwd()}")
    name = in_one_line(path.name or path)
    try:
        if not path.is_file():
            raise ValueError(f"it is {'a folder' if path.is_dir() else 'a device'}, not a file")
        with in_one_voice(name):
            array, spacing, affine = READERS.get(path.suffix.lower(), _read_nibabel)(path, frame)
            check_voxels(array)
            if len(array.shape) < 3:
                raise ValueError(f"a volume must be 3-D, got shape {array.shape}; use np.stack")
            return make(array, spacing, affine, path.name)
    except Exception as fault:
        # nibabel, tifffile and NumPy raise whatever their parsers meet
        message = f"cannot read {name}: {what_failed(fault)}. slicekit reads {READABLE}"
        raise ValueError(message) from fault


def what_failed(fault: Exception) -> str:
    """Return what a library says of a file, in one line: of a KeyError, for one, only which key."""
    words = in_one_line(f"{type(fault).__name__}: {fault}".removesuffix(": "))
    for said, cure in CURES.items():
        if found := re.search(said, words):
            return found.expand(cure)
    if isinstance(fault, ValueError | OSError):
        return in_one_line(fault)
    return f"{words}; it may be damaged, copy it again"


def _read_npy(path: Path, frame: int | None) -> Read:
    return np.lib.format.open_memmap(path, mode="r"), (1.0, 1.0, 1.0), None


def _read_tiff(path: Path, frame: int | None) -> Read:
    import tifffile

    with tifffile.TiffFile(path) as file:
        check_tiff(file)
        _check_look(file)
        series: Any = file.series[0]
        kind, begin = file.byteorder + series.dtype.char, series.dataoffset
        array = np.memmap(path, kind, "r", begin, series.shape) if begin else series.asarray()
    return _one_frame(_depth_first(array, series.axes), frame, path.name), (1.0, 1.0, 1.0), None


def _check_look(file: Any) -> None:
    """Refuse a TIFF file whose numbers are no greys, and report what is not seen of it."""
    series, held = file.series[0], len(file.pages)
    look = int(series.keyframe.photometric)
    if "S" in series.axes or look == 3:  # a palette
        raise ValueError(f"its pixels are colours, axes {series.axes}; convert them to grey first")
    if look == 0:
        warnings.warn("0 is white in it; view(..., cmap='gray_r') shows it so", stacklevel=2)
    if file.is_imagej and series.dataoffset and series.nbytes < held * series.keyframe.nbytes:
        words = f"ImageJ's description leaves out some of its {held} images"
        warnings.warn(f"{words}; tifffile.imread(..., is_imagej=False) reads all", stacklevel=2)


def _depth_first(array: np.ndarray, axes: str) -> np.ndarray:
    """Put time and channels, which come first in a TIFF, behind its slices, rows and columns."""
    if array.ndim < 4:
        return array
    if not axes.endswith("YX"):
        raise ValueError(f"its axes are {axes}; rows and columns, YX, must be the last")
    others = list(range(array.ndim - 2))
    slices = others.pop(max(others, key=lambda axis: (axes[axis] == "Z", axes[axis] != "C", axis)))
    return array.transpose(slices, -2, -1, *others)


def _read_nibabel(path: Path, frame: int | None) -> Read:
    import nibabel as nib

    if not re.fullmatch(NAMES, path.name):
        raise ValueError("files of its name are of another kind; convert it to one of these")
    img: Any = nib.load(_with_both_files(path))
    check_image(img)
    array, zooms = voxels_of(img)
    np.asanyarray(array[..., -1])  # what is damaged fails here, not at the first key press
    spacing = _checked(zooms[:3], voxel_sizes(in_mm(img)))
    return _one_frame(array, frame, path.name), spacing, told_affine(img)


def check_image(img: Any) -> None:
    """Raise ValueError if a nibabel image has no voxels, or its files do not hold them all."""
    if hasattr(img.dataobj, "offset"):  # not MINC, whose libraries know where its voxels are
        check_voxels(img.dataobj)
        check_nibabel(img)


def opened(img: Any) -> tuple[Any, tuple[float, ...]]:
    """Return the voxels of an image that somebody has opened, and their sizes; see its files."""
    name = in_one_line(Path(img.get_filename() or "").name)
    try:
        if name:
            check_image(img)
        array, zooms = voxels_of(img)
    except Exception as fault:  # whatever unpacks it raises
        raise ValueError(f"cannot read {name or 'it'}: {what_failed(fault)}") from fault
    return array, (*_checked(zooms[:3], zooms[:3]), *zooms[3:])


def voxels_of(img: Any) -> tuple[Any, tuple[float, ...]]:
    """Return the voxels of a nibabel image and their sizes, those of space first."""
    array, zooms = _mapped(img), [float(zoom) for zoom in img.header.get_zooms()]
    if type(img).__name__.startswith("Minc"):
        array = np.asanyarray(array)  # its proxy does not tell which type it hands out
        if len(zooms) > 3:  # there time comes first
            array, zooms = np.moveaxis(array, 0, -1), [*zooms[1:], zooms[0]]
    return array, (*(zoom * unit_of(img) for zoom in zooms[:3]), *zooms[3:])


def unit_of(img: Any) -> float:
    """Return how many mm one step of a nibabel image's affine is: NIfTI also knows m and um."""
    knows = hasattr(img.header, "keys") and "xyzt_units" in {*img.header.keys()}
    return {1: 1000.0, 3: 0.001}.get(int(img.header["xyzt_units"]) % 8 if knows else 2, 1.0)


def in_mm(img: Any) -> np.ndarray:
    """Return the affine of a nibabel image, in mm."""
    return np.asarray(img.affine * np.reshape([*[unit_of(img)] * 3, 1.0], (4, 1)))


def _mapped(img: Any) -> Any:
    """Return the voxels of an image, mapped into memory if they lie in a file as they are.

    nibabel's proxy reads a slice that lies across the file from all over it, each time
    anew; what is mapped is read once. Of a compressed file it would unpack all of it.
    """
    from nibabel.arrayproxy import ArrayProxy

    proxy = img.dataobj
    if not has_file(img, "image"):
        return proxy
    if Path(img.file_map["image"].filename).suffix.lower() in COMPRESSED:
        return np.asanyarray(proxy)
    plain = type(proxy) is ArrayProxy  # that of AFNI, for one, keeps a scale of its own
    return proxy.get_unscaled() if plain and (proxy.slope, proxy.inter) == (1, 0) else proxy


def told_affine(img: Any) -> np.ndarray | None:
    """Return the affine of a nibabel image; None where its file says nothing of directions.

    Analyze files without an origin, and NIfTI files whose two codes are 0, know only the
    size of their voxels. nibabel then takes it that the first axis runs to the left. It
    does so, too, for MGH files that say of their directions that they are not good.
    """
    header = img.header
    if not is_affine(img.affine):
        return None
    if not hasattr(header, "keys"):
        return in_mm(img)
    words = ("sform_code", "qform_code", "origin", "goodRASFlag")
    told = any(np.any(header[word]) for word in {*header.keys()}.intersection(words))
    guess = not (told or has_file(img, "mat")) or _not_good(img)
    return None if guess and np.allclose(img.affine, header.get_best_affine()) else in_mm(img)


def _not_good(img: Any) -> bool:
    """Tell whether an image comes from an MGH file that says so of its directions."""
    if "goodRASFlag" not in {*img.header.keys()} or not has_file(img, "image"):
        return False
    with img.file_map["image"].get_prepare_fileobj("rb") as file:
        return bool(file.read(30)[28:] == b"\0\0")  # in memory nibabel says 1, whatever it read


def _with_both_files(path: Path) -> Path:
    other = {".hdr": ".img", ".img": ".hdr"}.get(path.suffix)
    if other and not path.with_suffix(other).is_file():
        raise ValueError(f"{path.with_suffix(other).name}, the other half of it, is missing")
    return path


def _one_frame(array: Any, frame: int | None, name: str) -> Any:
    """Take one volume out of a 4-D series, and drop the axes of length 1 behind it."""
    shape = tuple(array.shape)
    frames = int(np.prod(shape[3:], dtype=int))
    if len(shape) < 3 or (frames > 1 and len(shape) > 4):
        return array  # what Volume will refuse by its shape
    if frame is ALL:
        return array if frames > 1 else array[(..., *(0,) * (len(shape) - 3))]
    if frames > 1 and frame is None:
        words = f"it is a series of {frames} volumes, shape {shape}"
        raise ValueError(f"{words}; choose one: load({name!r}, frame=0)")
    if frame not in (None, *range(frames)):
        raise ValueError(f"frame {frame!r} is out of range; use 0 to {frames - 1}")
    return array if len(shape) == 3 else array[(..., frame or 0) + (0,) * (len(shape) - 4)]


def _checked(zooms: tuple[float, ...], from_affine: Sequence[float]) -> tuple[float, ...]:
    """Return the voxel sizes of a header, and report those that cannot be or that disagree."""
    if not are_sizes(zooms):
        words = f"its header gives voxel sizes {zooms}, which cannot be; taking 1 x 1 x 1 mm"
        warnings.warn(words, stacklevel=2)
        return (1.0, 1.0, 1.0)
    if len(zooms) == 3 and not np.allclose(zooms, from_affine, rtol=1e-3):
        sizes = tuple(round(float(mm), 6) for mm in from_affine)
        words = f"voxel sizes {zooms} mm in the header, {sizes} mm in the affine"
        warnings.warn(f"{words}; slicekit goes by the header", stacklevel=2)
    return zooms


READERS = {".npy": _read_npy, ".tif": _read_tiff, ".tiff": _read_tiff}  # others: nibabel
