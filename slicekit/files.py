"""Read a volume from a file: NIfTI, Analyze, TIFF or .npy in, a `Volume` out."""

import warnings
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from slicekit.volume import Volume

READABLE = "NIfTI and Analyze (.nii, .nii.gz, .hdr/.img), TIFF (.tif, .tiff) and NumPy (.npy)"


def read_volume(path: str | PathLike[str], frame: int | None = None) -> Volume:
    """Read a volume and the size of its voxels.

    What is not compressed stays on disk, and only the slices that are asked for are
    read. What is compressed is unpacked once, in the type that the file has.

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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no file {str(path)!r}; check the path, seen from {Path.cwd()}")
    try:
        array, spacing, affine = _reader(path)(path)
        return Volume(_one_frame(array, frame, path.name), spacing, affine, path.name)
    except Exception as fault:
        # nibabel, tifffile and NumPy raise whatever their parsers meet
        message = f"cannot read {path.name}: {fault}. slicekit reads {READABLE}"
        raise ValueError(message) from fault


def _reader(path: Path) -> Any:
    by_suffix = {".npy": _read_npy, ".tif": _read_tiff, ".tiff": _read_tiff}
    return by_suffix.get(path.suffix.lower(), _read_nibabel)


def _read_npy(path: Path) -> tuple[Any, tuple[float, ...], None]:
    return np.load(path, mmap_mode="r", allow_pickle=False), (1.0, 1.0, 1.0), None


def _read_tiff(path: Path) -> tuple[Any, tuple[float, ...], None]:
    import tifffile

    return tifffile.imread(path), (1.0, 1.0, 1.0), None


def _read_nibabel(path: Path) -> tuple[Any, tuple[float, ...], np.ndarray]:
    import nibabel as nib

    img: Any = nib.load(path)
    if img.get_data_dtype().fields:
        raise ValueError(f"its voxels are records {img.get_data_dtype()}, not numbers")
    compressed = path.suffix.lower() in {".gz", ".bz2", ".zst"}
    array = np.asanyarray(img.dataobj) if compressed else img.dataobj
    np.asanyarray(array[..., -1])  # a file cut short fails here, not at the first key press
    zooms = tuple(float(zoom) for zoom in img.header.get_zooms()[:3])
    spacing = _checked(zooms, nib.affines.voxel_sizes(img.affine), path.name)
    return array, spacing, img.affine


def _one_frame(array: Any, frame: int | None, name: str) -> Any:
    """Take one volume out of a 4-D series, and drop the axes of length 1 behind it."""
    shape = tuple(array.shape)
    frames = int(np.prod(shape[3:], dtype=int))
    if len(shape) <= 3 or (frames > 1 and len(shape) > 4):
        return array  # a volume already, or what Volume will refuse by its shape
    if frames > 1 and frame is None:
        raise ValueError(
            f"it is a series of {frames} volumes, shape {shape}; "
            f"choose one: load({name!r}, frame=0)"
        )
    if not 0 <= (frame or 0) < frames:
        raise ValueError(f"frame {frame} is out of range; use 0 to {frames - 1}")
    return array[(..., frame or 0) + (0,) * (len(shape) - 4)]


def _checked(zooms: tuple[float, ...], from_affine: np.ndarray, name: str) -> tuple[float, ...]:
    """Return the voxel sizes of a header, and report those that cannot be or that disagree."""
    if not all(0 < zoom < np.inf for zoom in zooms):
        warnings.warn(
            f"{name}: its header gives voxel sizes {zooms}, which cannot be; taking 1 x 1 x 1 mm",
            stacklevel=2,
        )
        return (1.0, 1.0, 1.0)
    if len(zooms) == 3 and not np.allclose(zooms, from_affine, rtol=1e-3):
        sizes = tuple(round(float(mm), 6) for mm in from_affine)
        warnings.warn(
            f"{name}: voxel sizes {zooms} mm in the header, {sizes} mm in the affine; "
            "slicekit goes by the header",
            stacklevel=2,
        )
    return zooms
