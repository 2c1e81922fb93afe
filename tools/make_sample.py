"""Make the bundled sample: the Colin27 head on the grid of the article's structural scan.

Needs SciPy and the file ``ch2.nii.gz`` of Debian's package ``mricron-data``::

    python tools/make_sample.py /usr/share/mricron/templates/ch2.nii.gz

and writes ``slicekit/_data/attention-sample.zip``, laid out like the real archive.
"""

import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

import nibabel as nib
import numpy as np
from nibabel.processing import resample_from_to

DATA = Path(__file__).parents[1] / "slicekit" / "_data"
STEM = "attention/structural/nsM00587_0002"
GRID = (157, 189, 68), nib.affines.from_matvec(np.diag([1, 1, 2]), [-78, -112, -50])
WHEN = (2026, 1, 1, 0, 0, 0)  # a fixed date: the same input gives the same archive
README = """A stand-in for the archive attention.zip of Buchel and Friston (1997).

This is not their scan. It is the Colin27 head (one person, T1-weighted, 1 mm),
resampled linearly to the grid of their structural scan: 157 x 189 x 68 voxels of
1 x 1 x 2 mm, 8 bits each, kept under the same folder and file names so that the
same code reads both. The functional scans have no counterpart here.

Who may use it, and the notice that goes with every copy: COPYING.sample.
"""


def sample_pair(source: Path) -> nib.Nifti1Pair:
    """Resample the head to the article's grid, as 8-bit integers without scaling."""
    head = nib.load(source)
    resampled = resample_from_to(head, GRID, order=1)
    voxels = np.rint(np.clip(np.asanyarray(resampled.dataobj), 0, 255)).astype(np.uint8)
    pair = nib.Nifti1Pair(voxels, GRID[1])
    pair.header.set_xyzt_units("mm")
    pair.set_sform(GRID[1], code="mni")
    pair.set_qform(GRID[1], code="mni")
    return pair


def write_archive(pair: nib.Nifti1Pair, target: Path) -> None:
    """Put the pair into a zip laid out like the real one, the same bytes each time."""
    with TemporaryDirectory() as folder:
        image = Path(folder, "sample.img")
        nib.save(pair, image)
        members = {
            "attention/README_SAMPLE.txt": README.encode(),
            "attention/COPYING.sample": (DATA / "COPYING.sample").read_bytes(),
            f"{STEM}.img": image.read_bytes(),
            f"{STEM}.hdr": image.with_suffix(".hdr").read_bytes(),
        }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for folder in ("attention/", "attention/structural/"):
            archive.writestr(zipfile.ZipInfo(folder, WHEN), b"")
        for name, content in members.items():
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content, compresslevel=9)


if __name__ == "__main__":
    write_archive(sample_pair(Path(sys.argv[1])), DATA / "attention-sample.zip")
