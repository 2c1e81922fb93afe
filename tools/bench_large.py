"""How long volumes larger than a slice take: to open, to step through, and to import slicekit.

Writes the tables below the first one of ``docs/speed.md``. Each row comes from a process of
its own, since memory is counted as the most that a process ever had. The files hold 1 GiB
and are written to a temporary folder; they are in the system's file cache when they are
opened, as they are after a download: what a disk adds is not measured.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "speed.md"
BEGIN, END = "<!-- large: begin -->", "<!-- large: end -->"
SHAPE = (512, 1024, 1024)
KINDS = {  # the axis along which slices lie together, and one along which they do not
    ".npy, memory map": ("npy", 0, 2),
    ".nii": ("nii", 2, 0),
    "HDF5, a slice a chunk": ("h5", 0, None),
    "zarr, a slice a chunk": ("zarr", 0, None),
    "zarr, chunks of 32 x 256 x 256": ("cubes", 0, 2),
    "dask, from that zarr": ("dask", 0, None),
}
STEPS = 24


def write_files(folder):
    """Write the same 1 GiB in every format."""
    import h5py
    import nibabel
    import zarr

    rng = np.random.default_rng(0)
    block = rng.integers(0, 4000, (32, *SHAPE[1:])).astype(np.uint16)
    npy = np.lib.format.open_memmap(folder / "npy.npy", mode="w+", dtype=np.uint16, shape=SHAPE)
    planes = {"shape": SHAPE, "dtype": "uint16"}
    one = zarr.create_array(folder / "zarr.zarr", chunks=(1, *SHAPE[1:]), **planes)
    cubes = zarr.create_array(folder / "cubes.zarr", chunks=(32, 256, 256), **planes)
    with h5py.File(folder / "h5.h5", "w") as file:
        hdf5 = file.create_dataset("volume", SHAPE, "uint16", chunks=(1, *SHAPE[1:]))
        for start in range(0, SHAPE[0], len(block)):
            for array in (npy, one, cubes, hdf5):
                array[start : start + len(block)] = block + np.uint16(start)
    # the bytes of a .nii run the other way round: its last axis is the first one of .npy
    image = nibabel.Nifti1Image(npy.T, np.eye(4))
    nibabel.save(image, folder / "nii.nii")


def opened(kind, folder):
    """Return what to give to `slicekit.view`."""
    if kind in ("npy", "nii"):
        import nibabel  # noqa: F401 - which takes its time, once

        return folder / f"{kind}.{kind}"
    if kind == "h5":
        import h5py

        return h5py.File(folder / "h5.h5")["volume"]
    if kind == "dask":
        import dask.array

        return dask.array.from_zarr(str(folder / "zarr.zarr"))
    import zarr

    return zarr.open_array(folder / f"{kind}.zarr", mode="r")


def most_memory():
    """Return the most memory that this process ever had, in MB."""
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def measure(kind, axis, folder):
    """Open a volume and step through it; tell seconds, milliseconds and MB."""
    import warnings

    import slicekit

    warnings.simplefilter("ignore")  # the wrong axis is what we want to know of
    slicekit.view(np.zeros((3, 4, 5))).fig.canvas.draw()  # imports, fonts
    data, before, begin = opened(kind, folder), most_memory(), perf_counter()
    viewer = slicekit.view(data, axis=axis)
    viewer.fig.canvas.draw()
    picture, memory = perf_counter() - begin, most_memory() - before
    steps = []
    for index in range(viewer.index + 1, viewer.index + STEPS):
        begin = perf_counter()
        viewer.index = index
        steps.append(1000 * (perf_counter() - begin))
    viewer.close()
    return {"picture": picture, "memory": memory, "step": median(steps)}


def measure_slices(count):
    """Tell how long a step takes in a volume with so many slices, in ms."""
    import slicekit

    volume = np.random.default_rng(0).integers(0, 255, (count, 256, 256)).astype(np.uint8)
    viewer = slicekit.SliceViewer(volume, index=0)
    viewer.fig.canvas.draw()
    steps = []
    for index in range(1, 60):
        begin = perf_counter()
        viewer.index = index
        steps.append(1000 * (perf_counter() - begin))
    return median(steps[10:])


def measure_import(what):
    """Tell how long Python takes to import something, in ms, and what came with it."""
    code = (
        "import time; begin = time.perf_counter(); "
        f"{what}; import json, sys; "
        "print(json.dumps([1000 * (time.perf_counter() - begin), sorted(sys.modules)]))"
    )
    runs = [json.loads(subprocess.check_output([sys.executable, "-c", code])) for _ in range(7)]
    return median(run[0] for run in runs), runs[0][1]


def in_a_process(*arguments):
    """Return what this tool tells when it is called with arguments."""
    told = subprocess.check_output([sys.executable, __file__, *map(str, arguments)], text=True)
    return json.loads(told.splitlines()[-1])


def table_of_files(folder):
    """Return the rows: what was opened along which axis, and what that took."""
    rows = ["| 1 GiB, 512 x 1024 x 1024 | slices | first picture | memory | a step |"]
    rows += ["| --- | --- | --: | --: | --: |"]
    for name, (kind, *axes) in KINDS.items():
        for axis, where in zip(axes, ("lie together", "are scattered"), strict=True):
            if axis is not None:
                found = in_a_process("--one", kind, axis, folder)
                seconds, memory, step = found["picture"], found["memory"], found["step"]
                rows.append(
                    f"| {name} | {where} | {seconds:.2f} s | {memory:.0f} MB | {step:.1f} ms |"
                )
    return rows


def sentences():
    """Return what else was measured, in words."""
    few, many = (in_a_process("--slices", count) for count in (64, 1024))
    alone, _ = measure_import("import matplotlib.pyplot")
    lazily, _ = measure_import("import matplotlib.pyplot, slicekit")
    whole, modules = measure_import("import matplotlib.pyplot, slicekit; slicekit.view")
    heavy = {"nibabel", "skimage", "dask", "zarr", "h5py", "IPython", "jupyterlab"} & {*modules}
    if heavy:
        sys.exit(f"importing slicekit.view imports {heavy}; import them where they are used")
    return [
        f"A step takes {many / few:.2f} times as long with 1,024 slices as with 64.",
        "",
        f"`import slicekit` adds {lazily - alone:.0f} ms to the {alone:.0f} ms of `import "
        f"matplotlib.pyplot`, and the first use of `slicekit.view` {whole - lazily:.0f} ms more; "
        "neither imports nibabel, scikit-image, dask, zarr, h5py or Jupyter.",
    ]


def write(lines):
    """Put lines into the page, between two marks."""
    before, rest = PAGE.read_text().split(BEGIN)
    text = "\n".join([BEGIN, "", *lines, "", END])
    PAGE.write_text(before + text + rest.split(END)[1])


def main():
    """Measure one thing if asked to, and else all, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", nargs=3, metavar=("KIND", "AXIS", "FOLDER"))
    parser.add_argument("--slices", type=int)
    parser.add_argument("--write", metavar="FOLDER")
    told = parser.parse_args()
    if told.one:
        kind, axis, folder = told.one
        print(json.dumps(measure(kind, int(axis), Path(folder))))
    elif told.write:
        write_files(Path(told.write))
        print("null")
    elif told.slices:
        print(json.dumps(measure_slices(told.slices)))
    else:
        with tempfile.TemporaryDirectory() as folder:
            # not here: a process is said to have had as much memory as the one that began it
            in_a_process("--write", folder)
            lines = [*table_of_files(folder), "", *sentences()]
        write(lines)
        print("\n".join(lines))


if __name__ == "__main__":
    main()
