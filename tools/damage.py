"""Small sound files of every format, ways to damage them, and what must come of it.

`tools/fuzz_files.py` and `tests/test_broken_files.py` share them.
"""

import bz2
import gzip
import math
import random
import re
import struct
from collections.abc import Callable
from pathlib import Path

import nibabel as nib
import numpy as np
import tifffile

import slicekit

ARRAY = np.arange(60, dtype=np.int16).reshape(5, 4, 3)
AFFINE = np.diag([1.5, 0.5, 3, 1])
PACKED = {".gz": gzip, ".bz2": bz2, ".mgz": gzip}
NASTY = [0, 1, -1, 2, 7, 8, 127, 255, 2**15 - 1, -(2**15), 2**16 - 1, 2**31 - 1, -(2**31), 2**62]
NASTY += [math.nan, math.inf, -math.inf, 0.5, 1e-40, 1e38]
NIBABEL = {
    "one.nii": nib.Nifti1Image,
    "two.nii": nib.Nifti2Image,
    "packed.nii.gz": nib.Nifti1Image,
    "packed.nii.bz2": nib.Nifti1Image,
    "pair.hdr": nib.Nifti1Pair,
    "analyze.hdr": nib.AnalyzeImage,
    "spm.hdr": nib.Spm99AnalyzeImage,
    "surface.mgh": nib.MGHImage,
    "packed.mgz": nib.MGHImage,
}
TIFF: dict[str, tuple[dict, dict]] = {  # how the file is opened, and how it is written
    "plain.tif": ({}, {}),
    "big.tif": ({"bigtiff": True}, {}),
    "imagej.tif": ({"imagej": True}, {}),
    "ome.tif": ({"ome": True}, {}),
    "deflate.tif": ({}, {"compression": "zlib"}),
    "tiled.tif": ({}, {"tile": (16, 16)}),
    "pages.tif": ({}, {"contiguous": False, "metadata": None}),
}


def write_sound_files(folder: Path) -> list[Path]:
    """Write one file of each kind, all with the same voxels, and return those to open."""
    for name, kind in NIBABEL.items():
        nib.save(kind(ARRAY, AFFINE), folder / name)
    image = nib.Nifti1Image(ARRAY, AFFINE, nib.Nifti1Header(endianness=">"))
    image.header.set_slope_inter(0.5, 10)
    image.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"an extension"))
    image.header["vox_offset"] = 0  # nibabel finds room for the extension
    nib.save(image, folder / "scaled.nii")
    for name, (opened, written) in TIFF.items():
        with tifffile.TiffWriter(folder / name, **opened) as file:
            for part in ARRAY if name == "pages.tif" else [ARRAY]:
                file.write(part, photometric="minisblack", **written)
    np.save(folder / "rows.npy", ARRAY)
    np.save(folder / "columns.npy", np.asfortranarray(ARRAY, float))
    return sorted(path for path in folder.iterdir() if path.suffix not in {".img", ".mat"})


def flip(chance: random.Random, whole: bytearray) -> None:
    """Turn over up to three bits."""
    for _ in range(chance.randint(1, 3)):
        whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)


def cut(chance: random.Random, whole: bytearray) -> None:
    """Leave only the beginning."""
    del whole[chance.randrange(len(whole)) :]


def insert(chance: random.Random, whole: bytearray) -> None:
    """Put a block in, or in the place of another: noise, zeros, or a piece of the file itself."""
    length, start = chance.choice([1, 2, 4, 16, 300]), chance.randrange(len(whole))
    block = chance.choice([chance.randbytes(length), bytes(length), bytes(whole[:length])])
    whole[start : start + chance.choice([0, length])] = block


def number(chance: random.Random, whole: bytearray) -> None:
    """Write a number into the header that nobody expects there."""
    value, code = chance.choice(NASTY), chance.choice("HIQfd")
    if code in "HIQ":
        value = int(value) % 2 ** (8 * struct.calcsize(code)) if math.isfinite(value) else 0
    field = struct.pack(chance.choice("<>") + code, value)
    start = chance.randrange(0, min(len(whole), 600), 2)
    whole[start : start + len(field)] = field


def words(chance: random.Random, whole: bytearray) -> None:
    """Write another number where the file has one in letters."""
    if found := list(re.finditer(rb"\d+", whole)):
        place = chance.choice(found)
        whole[place.start() : place.end()] = str(chance.choice(NASTY)).encode()


MUTATORS: list[Callable[[random.Random, bytearray], None]] = [flip, cut, insert, number, words]


def damage(chance: random.Random, path: Path) -> bool:
    """Damage a file; what is packed, half of the time inside.

    Returns
    -------
    bool
        Whether it can only be refused or be the same picture: if it is cut short, or has a
        checksum.
    """
    mutate, pack = chance.choice(MUTATORS), PACKED.get(path.suffix)
    inside = pack is not None and chance.random() < 0.5
    whole = bytearray(pack.decompress(path.read_bytes()) if inside else path.read_bytes())
    mutate(chance, whole)
    path.write_bytes(pack.compress(bytes(whole)) if inside else whole)
    return mutate is cut or (pack is not None and not inside)


def outcome(path: Path, same: bool = False) -> str:
    """Load a file and read slices of it: "read", "refused", or what must not be."""
    try:
        volume = slicekit.load(path)
    except ValueError as fault:
        if isinstance(fault.__cause__, MemoryError):
            return f"it asked for too much memory: {fault}"
        line = rf"cannot read {re.escape(path.name)}: [^\n]+\. slicekit reads [^\n]+"
        return "refused" if re.fullmatch(line, str(fault)) else f"ValueError: {fault}"
    scaled = ARRAY * 0.5 + 10 if path.name == "scaled.nii" else ARRAY
    if same and not np.array_equal(volume, scaled):
        return f"it is another picture: {volume}"
    for axis, count in enumerate(volume.shape):
        for index in range(0, min(count, 9), 3):
            volume.plane(index, axis)
    return "read"
