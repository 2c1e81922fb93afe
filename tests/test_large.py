"""Volumes that are not in memory, from every library that slicekit says it can show."""

import os
import subprocess
import sys

import h5py
import nibabel
import numpy as np
import pytest
import zarr

import slicekit
from slicekit.ahead import Ahead
from slicekit.storage import fast_axis

ARRAY = np.random.default_rng(0).integers(0, 4000, (24, 20, 30)).astype(np.int16)


def npy(folder):
    np.save(folder / "volume.npy", ARRAY)
    return np.load(folder / "volume.npy", mmap_mode="r")


def npy_by_path(folder):
    np.save(folder / "volume.npy", ARRAY)
    return folder / "volume.npy"


def nifti(folder):
    nibabel.save(nibabel.Nifti1Image(ARRAY, np.eye(4)), folder / "volume.nii")
    return nibabel.load(folder / "volume.nii")


def nifti_with_a_scale(folder):
    image = nibabel.Nifti1Image(ARRAY, np.eye(4))
    image.header.set_slope_inter(2, 1)
    nibabel.save(image, folder / "volume.nii")
    return nibabel.load(folder / "volume.nii").dataobj


def hdf5(folder):
    file = h5py.File(folder / "volume.h5", "w")
    return file.create_dataset("volume", data=ARRAY, chunks=(1, 20, 30))


def zarr_chunks(folder):
    array = zarr.create_array(
        folder / "volume.zarr", shape=ARRAY.shape, chunks=(24, 20, 2), dtype=ARRAY.dtype
    )
    array[:] = ARRAY
    return array


def dask_array(folder):
    from dask.array import from_array

    return from_array(ARRAY, chunks=(1, 20, 30))


QUICK = {
    npy: 0,
    npy_by_path: 0,
    nifti: 2,
    nifti_with_a_scale: 2,
    hdf5: 0,
    zarr_chunks: 2,
    dask_array: 0,
}


@pytest.mark.parametrize("source", QUICK, ids=lambda source: source.__name__)
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_every_slice_is_the_one_of_the_array(source, axis, tmp_path):
    scaled = ARRAY * 2.0 + 1 if source is nifti_with_a_scale else ARRAY
    viewer = slicekit.view(source(tmp_path), axis=axis)
    array = viewer.volume.array
    assert isinstance(array, Ahead)
    assert fast_axis(array.array) == QUICK[source]
    for index in [3, 4, 5, 6, 18, 17, 16, 0, viewer.count - 1]:
        viewer.index = index
        assert np.array_equal(viewer.im.get_array(), np.take(scaled, index, axis))
    viewer.close()


def test_what_is_in_memory_needs_no_thread(tmp_path):
    nibabel.save(nibabel.Nifti1Image(ARRAY, np.eye(4)), tmp_path / "volume.nii.gz")
    for source in (ARRAY, slicekit.Volume(ARRAY), tmp_path / "volume.nii.gz"):
        array = slicekit.view(source).volume.array
        assert type(array) is np.ndarray
        assert array.dtype == ARRAY.dtype


def test_three_planes_and_an_overlay_of_a_file(tmp_path):
    viewer = slicekit.view(nifti(tmp_path), planes=True, overlay=dask_array(tmp_path) > 3900)
    viewer.voxel = (3, 4, 5)
    for picture, axis, index in zip(viewer.pictures, (0, 1, 2), (3, 4, 5), strict=True):
        plane = np.take(ARRAY, index, axis)  # with the head up, its rows run across
        assert np.array_equal(picture.im.get_array(), plane.T)
    viewer.close()


def test_a_gibibyte_is_opened_by_reading_ten_slices(tmp_path):
    """The file is sparse: what is not written takes no room, and reads as zeros."""
    path = tmp_path / "large.npy"
    large = np.lib.format.open_memmap(path, mode="w+", dtype=np.uint16, shape=(512, 1024, 1024))
    large[256:260] = np.arange(1024)
    large.flush()
    script = f"""
        import resource
        import numpy as np
        import matplotlib.pyplot as plt
        import slicekit
        plt.figure().canvas.draw()
        most = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        slicekit.view(np.zeros((3, 4, 5))).fig.canvas.draw()
        before = most()
        viewer = slicekit.view({str(path)!r})
        viewer.fig.canvas.draw()
        print(viewer, viewer.im.norm.vmax, most() - before)
    """
    env = {**os.environ, "MPLBACKEND": "agg"}
    script = "\n".join(line.strip() for line in script.splitlines())
    told = subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True)
    told.check_returncode()
    said, most = told.stdout.rsplit(maxsplit=1)
    unit = 1 if sys.platform == "darwin" else 1024
    assert said == "<View: axis 0, slice 256 / 511> 1023.0"
    assert int(most) * unit < 100e6


def test_the_workers_of_a_cluster_compute_the_slices():
    from dask.array import from_array
    from distributed import Client, LocalCluster

    def who(block):
        return np.full_like(block, os.getpid() % 30_000)

    # without an address the pages of older workers are open to the whole network
    closed = {"dashboard_address": None, "worker_dashboard_address": "127.0.0.1:0"}
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, **closed) as cluster,
        Client(cluster) as client,
    ):
        computed = from_array(ARRAY, chunks=(1, 10, 30)).map_blocks(who, dtype=ARRAY.dtype)
        viewer = slicekit.view(computed, clim=(0, 30_000))
        workers = {pid % 30_000 for pid in client.run(os.getpid).values()}
        seen = set()
        for index in range(12, 20):
            viewer.index = index
            seen |= {*np.unique(viewer.im.get_array()).tolist()}
        viewer.close()
    assert len(workers) == 2
    assert seen <= workers
    assert os.getpid() % 30_000 not in seen


SOURCES_WITH_THREADS = {
    "zarr": """
import zarr
kinds = {"shape": (64, 512, 512), "chunks": (32, 64, 64), "dtype": "uint16"}
source = zarr.create_array("v.zarr", **kinds)
source[:] = np.random.default_rng(0).integers(0, 4000, source.shape)
""",
    "slow": """
import sys, time
from concurrent.futures import ThreadPoolExecutor
class Source:
    shape, dtype, pool = (64, 5, 5), np.dtype("u1"), ThreadPoolExecutor()
    def __getitem__(self, where):
        time.sleep(0.1)
        try:
            return self.pool.submit(np.zeros, (5, 5), "u1").result()
        except RuntimeError as fault:
            print(fault, file=sys.stderr)
source = Source()
""",
}


@pytest.mark.parametrize("source", SOURCES_WITH_THREADS)
def test_a_script_ends_in_silence_while_slices_are_read_ahead(source, tmp_path):
    """Some read with threads of their own; Python ends them before `atexit`."""
    begin = f"import numpy as np, slicekit\n{SOURCES_WITH_THREADS[source]}"
    script = f"{begin}\nviewer = slicekit.view(source)\nviewer.move(1)\nviewer.move(1)"
    command, env = [sys.executable, "-c", script], {**os.environ, "MPLBACKEND": "agg"}
    told = subprocess.run(command, env=env, cwd=tmp_path, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (0, "")


@pytest.mark.parametrize("show", [slicekit.view, slicekit.SliceViewer, slicekit.Volume])
def test_what_dask_masks_is_masked(show, tmp_path):
    from dask.array import ma

    array = np.arange(60.0).reshape(3, 4, 5)
    array[1, 2, 3] = -9999
    masked = ma.masked_less(dask_of(array), 0)
    viewer = slicekit.view(show(masked)) if show is slicekit.Volume else show(masked)
    shown = viewer.im.get_array()
    assert np.array_equal(np.ma.getmaskarray(shown), array[1] < 0)
    assert viewer.im.get_clim() == (0, 59)
    with pytest.raises(ValueError, match=r"cannot hold a mask"):
        slicekit.save_planes(masked, tmp_path / "masked.npy", 0)
    assert not list(tmp_path.iterdir())


def dask_of(array):
    from dask.array import from_array

    return from_array(array, chunks=2)
