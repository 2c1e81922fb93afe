"""What the examples of the gallery run on in place of libraries and files that are not there."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np


class Held:
    """An array that belongs to a library: it can be sliced, but not read as a whole."""

    def __init__(self, array: np.ndarray) -> None:
        self._array, self.shape, self.dtype = array, array.shape, array.dtype

    def __getitem__(self, where: Any) -> Any:
        return self._array[where]

    def __array__(self, *args: Any, **kwargs: Any) -> np.ndarray:
        raise MemoryError("read as a whole")


class Tensor(Held):
    """As far as we ask a tensor of torch: each slice has to come home from its device."""

    def __getitem__(self, where: Any) -> Any:
        return SimpleNamespace(cpu=lambda: self._array[where])

    def detach(self) -> "Tensor":
        """Return it without its history."""
        return self

    cpu = detach


class Image:
    """As far as we ask an image of SimpleITK; its axes are x, y, z."""

    __module__ = "SimpleITK"
    GetOrigin = staticmethod(lambda: (0.0, 0.0, 0.0))
    GetDirection = staticmethod(lambda: (1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0))
    GetSpacing = staticmethod(lambda: (1.0, 1.0, 1.0))
    GetPixelIDTypeAsString = staticmethod(lambda: "16-bit signed integer")

    def __init__(self, array: np.ndarray) -> None:
        self._array = array

    def SetSpacing(self, spacing: Any) -> None:  # noqa: N802  the library's own name
        """Say how large a voxel is."""
        self.GetSpacing = lambda: spacing


class File(dict):
    """As far as we ask a file of h5py."""

    def __init__(self, name: str, mode: str = "r") -> None:
        super().__init__()

    def __setitem__(self, name: str, array: np.ndarray) -> None:
        super().__setitem__(name, Held(array))


MODULES = {
    "torch": SimpleNamespace(from_numpy=Tensor),
    "SimpleITK": SimpleNamespace(
        GetImageFromArray=Image, GetArrayViewFromImage=lambda image: image._array
    ),
    "h5py": SimpleNamespace(File=File),
}


def write_dicom(folder: Path, volume: np.ndarray) -> None:
    """Write a folder of DICOM files, axial slices from the top down, 2 mm apart."""
    import pydicom

    from checks import dicom_folder

    folder.mkdir()
    for path in dicom_folder(volume).glob("*.dcm"):
        file = pydicom.dcmread(path)
        file.PixelSpacing, number = [1, 1], file.ImagePositionPatient[2] / 3
        file.ImagePositionPatient = [0, 0, -2 * number]
        file.save_as(folder / path.name)
