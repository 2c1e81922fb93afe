"""Slices that are read: only those asked for and the next two, in a thread that ends in time."""

import copy
import gc
import pickle
import subprocess
import sys
import threading
import time
import warnings
import weakref
from typing import ClassVar

import matplotlib.pyplot as plt
import nibabel
import numpy as np
import pytest
from build_chapters import ROOT
from matplotlib.backend_bases import TimerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

import slicekit
from slicekit import ahead
from slicekit.ahead import Ahead
from slicekit.storage import fast_axis, save_planes

ALL = slice(None)
ARRAY = np.random.default_rng(0).integers(0, 255, (64, 20, 30)).astype(np.uint8)


class Recorder:
    """An array that is somewhere else: notes what is asked for, takes its time, and may fail."""

    def __init__(self, array=ARRAY, seconds=0.0, broken=(), chunks=None):
        self.array, self.shape, self.dtype = array, array.shape, array.dtype
        self.seconds, self.broken, self.chunks, self.asked = seconds, {*broken}, chunks, []

    def __getitem__(self, where):
        self.asked.append(where)
        time.sleep(self.seconds)
        if any(index in self.broken for index in where if isinstance(index, int)):
            raise OSError("the disk is gone")
        return self.array[where]

    def planes(self, axis=0):
        return [where[axis] for where in self.asked if isinstance(where[axis], int)]


def in_peace(array):
    """Wait until nothing more is being read."""
    for future in list(array._coming.values()):
        future.exception()


def threads():
    return [thread for thread in threading.enumerate() if thread.name.startswith("slicekit")]


@pytest.fixture(autouse=True)
def _no_thread_is_left():
    yield
    plt.close("all")
    deadline = time.monotonic() + 10
    while threads() and time.monotonic() < deadline:
        # without a window nobody hears that a figure is closed; what is being read is kept by that
        gc.collect()
        time.sleep(0.01)
    assert not threads()


def test_slices_are_those_of_the_array_whatever_is_kept_and_coming():
    array = Ahead(Recorder())
    for index in [30, 31, 32, 33, 32, 31, 60, 61, 62, 63, 0, 1, 2, 5, 8, 8]:
        assert np.array_equal(array[index, :, :], ARRAY[index])
        assert np.array_equal(array[:, index % 20, :], ARRAY[:, index % 20])
    array.close()
    assert np.array_equal(array[7, :, :], ARRAY[7])


def test_the_first_slice_of_all_says_itself_that_it_cannot_be_read():
    array = Ahead(Recorder(broken=[3]))
    words = r"^a slice cannot be read \(OSError: the disk is gone\); slice the array itself$"
    with pytest.raises(OSError, match=words):
        array[3, :, :]
    assert not array.troubles
    array[2, :, :]
    assert array[3, :, :].mask.all()
    assert array[3, :, :].dtype == ARRAY.dtype
    assert array.troubles
    array.close()


@pytest.mark.parametrize("fault", [KeyError("x"), MemoryError(), RuntimeError("two\nlines" * 999)])
def test_whatever_another_library_raises_is_told_in_one_line(fault):
    class Broken:
        shape, dtype = (3, 4, 5), np.dtype(float)

        def __getitem__(self, where):
            raise fault

    array = Ahead(Broken())
    with pytest.raises(OSError, match=r"^a slice cannot be read \(") as caught:
        list(array.some_planes([0]))
    words = f"{type(fault).__name__}: {' '.join(str(fault).split())}".strip()
    assert str(caught.value)[24:].startswith(words[:200])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 500
    assert caught.value.__cause__ is fault
    array.close()


def test_the_next_two_are_read_in_the_direction_of_travel():
    source = Recorder()
    array = Ahead(source)
    array[30, :, :]
    in_peace(array)
    assert source.planes() == [30]
    array[31, :, :]
    in_peace(array)
    assert source.planes() == [30, 31, 32, 33]
    array[29, :, :]
    in_peace(array)
    assert source.planes()[4:] == [29, 27, 25]
    array[40, :, :]  # nobody follows a jump
    in_peace(array)
    assert source.planes()[7:] == [40]
    array[1, :, :], array[0, :, :]  # nor is anything read beyond the first slice
    in_peace(array)
    assert source.planes()[8:] == [1, 0]
    array[63, :, :], array[62, :, :]
    in_peace(array)
    assert source.planes()[10:] == [63, 62, 61, 60]
    array.close()


def test_what_was_read_ahead_is_not_read_again():
    source = Recorder()
    array = Ahead(source)
    for index in range(20, 40):
        array[index, :, :]
        in_peace(array)
    assert sorted(source.planes()) == [*range(20, 42)]
    array.close()


def test_whoever_asks_twice_sees_what_has_become_of_it():
    changing = ARRAY.copy()
    viewer = slicekit.view(Recorder(changing), index=5)
    changing[5] = 77
    viewer.refresh()
    assert np.all(viewer.im.get_array() == 77)


def test_time_is_read_ahead_as_well():
    series = np.random.default_rng(1).normal(size=(5, 6, 7, 9))
    source = Recorder(series)
    viewer = slicekit.view(source, dims="xyzt")
    source.asked.clear()
    viewer.go(t=1)
    in_peace(viewer.volume.array)
    assert source.planes(3) == [1, 2, 3]


def test_little_is_kept(monkeypatch):
    monkeypatch.setattr(ahead, "KEPT", 10 * ARRAY[0].nbytes)
    array = Ahead(Recorder())
    for index in range(64):
        array[index, :, :]
        in_peace(array)
        assert len(array._kept) <= 10
    array.close()
    assert not array._kept


def test_what_was_asked_for_last_is_kept_longest(monkeypatch):
    monkeypatch.setattr(ahead, "KEPT", 4 * ARRAY[0].nbytes)
    source = Recorder()
    array = Ahead(source)
    for index in (10, 30, 50, 20, 10, 40, 10):
        array[index, :, :]
    assert source.planes() == [10, 30, 50, 20, 40]
    array.close()


def test_closing_does_not_wait_for_a_slice_that_is_being_read():
    go_on = threading.Event()

    class Held(Recorder):
        def __getitem__(self, where):
            if where[0] == 12:
                go_on.wait(5)
            return super().__getitem__(where)

    source = Held()
    array = Ahead(source)
    array[10, :, :], array[11, :, :]
    array.close()
    assert source.planes() == [10, 11]  # 12 is still being read
    go_on.set()


def test_what_is_not_wanted_any_more_is_not_read():
    source = Recorder(seconds=0.05)
    array = Ahead(source)
    array[10, :, :]
    array[11, :, :]  # 12 and 13 are asked for; 12 is being read
    time.sleep(0.02)
    array[40, :, :]
    assert source.planes() == [10, 11, 12, 40]
    array.close()


def test_closing_ends_the_thread_and_reads_no_more():
    source = Recorder(seconds=0.1)
    viewer = slicekit.view(source, clim=(0, 255), index=10)
    viewer.move(1)
    viewer.fig.canvas.callbacks.process("close_event", None)
    asked = len(source.asked)
    time.sleep(0.3)
    assert len(source.asked) <= asked + 1  # the one that is being read is read to its end
    assert not threads()


def test_a_step_does_not_wait_for_what_was_read_ahead():
    array = Ahead(Recorder(seconds=0.2))
    array[10, :, :], array[11, :, :]
    in_peace(array)
    begin = time.perf_counter()
    assert np.array_equal(array[12, :, :], ARRAY[12])
    assert time.perf_counter() - begin < 0.1
    array.close()


def test_a_slow_slice_is_announced(monkeypatch):
    monkeypatch.setattr(ahead, "SOON", 0.02)
    source = Recorder()
    viewer = slicekit.view(source, clim=(0, 255), index=10)
    source.seconds = 0.1
    shown = []
    monkeypatch.setattr(viewer.fig.canvas, "blit", lambda box: shown.append(viewer.ax.get_title()))
    viewer.index = 40
    assert shown[0] == "reading 40 / 63 ..."
    assert viewer.ax.get_title() == "40 / 63"


def test_a_slice_that_cannot_be_read_is_empty_and_says_so():
    viewer = slicekit.view(Recorder(broken=[12]), index=11)
    slicekit.press(viewer.fig, "k")
    assert viewer.ax.get_title() == "12 / 63\ncannot be read: OSError: the disk is gone"
    assert np.ma.getmaskarray(viewer.im.get_array()).all()
    slicekit.press(viewer.fig, "k")
    assert viewer.ax.get_title() == "13 / 63"
    assert np.array_equal(viewer.im.get_array(), ARRAY[13])


def test_a_slice_that_fails_once_is_read_at_the_next_visit():
    source = Recorder(broken=[12])
    viewer = slicekit.view(source, index=11)
    viewer.move(1)
    source.broken.clear()
    viewer.refresh()
    assert np.array_equal(viewer.im.get_array(), ARRAY[12])


def test_what_cannot_be_read_at_all_opens_no_viewer():
    with pytest.raises(OSError, match="the disk is gone"):
        slicekit.view(Recorder(broken=range(64)))
    assert not plt.get_fignums()


def test_limits_come_from_nine_slices_of_the_quick_axis():
    source = Recorder(chunks=(64, 20, 1))
    slicekit.view(source, index=3)
    places = [where for where in source.asked if isinstance(where[2], int)]
    assert len(places) == 9
    assert source.planes(0)[:1] == [3]


def test_a_slow_axis_is_told_once_and_a_quick_one_never(monkeypatch):
    monkeypatch.setattr(ahead, "SOON", 0.01)
    array = Ahead(Recorder(seconds=0.02, chunks=(64, 20, 1)))
    with pytest.warns(UserWarning, match="slices along axis 2 are read at once"):
        array[3, :, :]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        array[30, :, :]
        array[:, :, 3]
    array.close()


@pytest.mark.parametrize(
    ("array", "axis"),
    [
        (ARRAY, 0),
        (np.asfortranarray(ARRAY), 2),
        (ARRAY[::-1], 0),
        (Recorder(chunks=(1, 20, 30)), 0),
        (Recorder(chunks=((64,), (20,), (1,) * 30)), 2),
        (Recorder(chunks=(8, 8, 8)), None),
        (Recorder(), None),
    ],
)
def test_which_axis_is_quick(array, axis):
    assert fast_axis(array) == axis


@pytest.mark.parametrize("axis", [0, 2, -1])
def test_a_copy_lies_along_the_axis_and_is_the_same(axis, tmp_path, monkeypatch):
    monkeypatch.setattr("slicekit.storage.BLOCK", 5 * ARRAY[0].nbytes)
    path = save_planes(slicekit.Volume(np.asfortranarray(ARRAY)), tmp_path / "copy.npy", axis)
    copy = slicekit.load(path).array
    assert np.array_equal(copy, ARRAY)
    assert fast_axis(copy) == axis % 3
    assert [file.name for file in tmp_path.iterdir()] == ["copy.npy"]


def test_a_copy_along_the_middle_axis_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"axis 1 cannot lie together in .npy; use np.moveaxis"):
        save_planes(ARRAY, tmp_path / "copy.npy", 1)
    assert not list(tmp_path.iterdir())


def test_a_fault_is_cut_to_the_width_of_a_figure_and_is_no_mathematics():
    class Broken(Recorder):
        def __getitem__(self, where):
            if where[0] == 12:
                raise OSError(r"no \\\\disk\\C$\\scans$" + 500 * "x")
            return super().__getitem__(where)

    viewer = slicekit.view(Broken(), index=11)
    viewer.fig.canvas.draw()
    viewer.move(1)
    viewer.fig.canvas.draw()
    assert len(viewer.ax.get_title()) < 100
    viewer.close()


def test_an_unreadable_slice_leaves_nothing_of_the_last_one_on_the_screen():
    viewer = slicekit.view(Recorder(broken=[15]), index=11)
    viewer.fig.canvas.draw()
    for _ in range(4):
        viewer.move(1)
    seen = np.array(viewer.fig.canvas.buffer_rgba())
    viewer.fig.canvas.draw()
    assert np.array_equal(seen, viewer.fig.canvas.buffer_rgba())
    viewer.close()


def test_each_of_three_planes_says_whether_it_could_be_read():
    source = Recorder()
    viewer = slicekit.view(source, planes=True, clim=(0, 255))
    source.broken = {11, 12}
    viewer.voxel = (11, 12, 13)
    told = [("cannot be read" in ax.get_title()) for ax in viewer.axes]
    assert told == [True, True, False]
    source.broken = {12}
    viewer.voxel = (20, 12, 13)
    told = [("cannot be read" in ax.get_title()) for ax in viewer.axes]
    assert told == [False, True, False]
    viewer.close()


def test_each_panel_says_whether_its_own_slice_could_be_read():
    sound, source = np.zeros((64, 20, 30)), Recorder()
    viewer = slicekit.view([sound, source, sound], clim=(0, 255))
    source.broken = {12}
    viewer.index = 12
    told = [("cannot be read" in ax.get_title()) for ax in viewer.axes]
    assert told == [False, True, False]
    viewer.close()


@pytest.mark.parametrize("kind", ["overlay", "contours"])
def test_a_layer_that_cannot_be_read_is_told(kind):
    viewer = slicekit.view(ARRAY, index=10, **{kind: Recorder(ARRAY // 60, broken=[12])})
    viewer.move(1)
    assert "cannot" not in viewer.ax.get_title()
    viewer.move(1)
    assert "cannot be read: OSError" in viewer.ax.get_title()
    viewer.move(1)
    assert "cannot" not in viewer.ax.get_title()
    viewer.close()


@pytest.mark.parametrize("wrong", [ARRAY[0, :5], ARRAY[0, 0], ARRAY[0] * 1j, None])
def test_what_is_no_slice_is_told(wrong):
    class Strange(Recorder):
        def __getitem__(self, where):
            return wrong if where[0] == 12 else super().__getitem__(where)

    viewer = slicekit.view(Strange(), index=11)
    viewer.move(1)
    assert "cannot be read: ValueError: a slice must be (20, 30)" in viewer.ax.get_title()
    viewer.move(1)
    assert np.array_equal(viewer.im.get_array(), ARRAY[13])
    viewer.close()


def test_an_array_may_use_its_memory_again():
    class Buffered(Recorder):
        def __getitem__(self, where):
            self.buffer = vars(self).setdefault("buffer", np.empty((20, 30), np.uint8))
            self.buffer[:] = super().__getitem__(where)
            return self.buffer

    array = Ahead(Buffered())
    for index in [3, 4, 5, 6, 7, 6, 5, 4, 3, 30]:
        assert np.array_equal(array[index, :, :], ARRAY[index])
    array.close()


def test_a_copy_holds_what_a_file_with_a_scale_hands_out(tmp_path):
    image = nibabel.Nifti1Image(ARRAY.astype(np.int16), np.eye(4))
    image.header.set_slope_inter(0.01, 0.5)
    nibabel.save(image, tmp_path / "scan.nii")
    volume = slicekit.load(tmp_path / "scan.nii")
    copy = np.load(save_planes(volume, tmp_path / "copy.npy", 0))
    assert np.array_equal(copy, np.asarray(volume))
    assert copy.max() < 4


def test_what_cannot_be_copied_leaves_nothing_behind(tmp_path):
    class Gone(Recorder):
        def __getitem__(self, where):
            if isinstance(where[0], slice):
                raise OSError("the disk is gone")
            return super().__getitem__(where)

    for array, path in [
        (np.ma.masked_less(ARRAY, 3), "copy.npy"),
        (ARRAY, "copy.dat"),
        (ARRAY[0], "copy.npy"),
        (Gone(), "copy.npy"),
    ]:
        with pytest.raises((ValueError, OSError)):
            save_planes(array, tmp_path / path, 0)
    assert not list(tmp_path.iterdir())


class Timer(TimerBase):
    """A stand-in for a timer of a window: it runs when the test lets it."""

    running: ClassVar = []

    def _timer_start(self):
        self.running.append(self)

    def _timer_stop(self):
        if self in self.running:
            self.running.remove(self)


@pytest.fixture
def window(monkeypatch):
    monkeypatch.setattr(FigureCanvasAgg, "_timer_cls", Timer)
    Timer.running.clear()


@pytest.mark.usefixtures("window")
@pytest.mark.parametrize("planes", [False, True])
def test_slow_slices_wait_until_no_more_keys_do(planes):
    source = Recorder(seconds=0.04)
    viewer = slicekit.view(source, index=10, planes=planes, clim=(0, 255))
    source.asked.clear()
    for _ in range(5):
        slicekit.press(viewer.fig, "k", viewer.axes[0])
    assert viewer.index == 15
    assert not source.asked
    (timer,) = Timer.running
    timer._on_timer()
    assert source.planes()[:1] == [15]
    assert np.array_equal(viewer.im.get_array(), ARRAY[15])
    slicekit.press(viewer.fig, "k", viewer.axes[0])
    viewer.close()
    assert not Timer.running


@pytest.mark.usefixtures("window")
def test_slices_that_are_set_by_a_program_wait_for_nobody():
    viewer = slicekit.view(Recorder(seconds=0.04), index=10, clim=(0, 255))
    viewer.index = 20
    assert np.array_equal(viewer.im.get_array(), ARRAY[20])
    viewer.close()


@pytest.mark.usefixtures("window")
def test_quick_slices_wait_for_nobody():
    viewer = slicekit.view(Recorder(), index=10, clim=(0, 255))
    slicekit.press(viewer.fig, "k")
    assert np.array_equal(viewer.im.get_array(), ARRAY[11])
    viewer.close()


# ---- copies, patience, and the end of Python


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, lambda x: pickle.loads(pickle.dumps(x))])
def test_a_copy_reads_by_itself(way):
    array = Ahead(Recorder())
    array[3, :, :]
    other = way(array)
    array.close()
    assert np.array_equal(other[4, :, :], ARRAY[4])
    assert other._thread is not None
    other.close()


def test_a_slice_that_nobody_waited_for_is_kept_when_it_comes(monkeypatch):
    go_on = threading.Event()

    class Held(Recorder):
        def __getitem__(self, where):
            go_on.wait(10)
            return super().__getitem__(where)

    def lose_patience():
        raise KeyboardInterrupt

    monkeypatch.setattr(ahead, "SOON", 0)
    source = Held()
    array = Ahead(source)
    array.on_wait = lose_patience
    with pytest.raises(KeyboardInterrupt):
        array[3, :, :]
    go_on.set()
    in_peace(array)
    array.on_wait = lambda: None
    assert np.array_equal(array[3, :, :], ARRAY[3])
    assert source.planes() == [3]
    array.close()


def test_a_reader_lives_no_longer_than_its_array():
    array = Ahead(Recorder())
    array[3, :, :]
    gone = weakref.ref(array)
    del array
    gc.collect()
    assert gone() is None  # and a fixture sees that its thread ends


HANGS = """
import threading, numpy as np
from slicekit import ahead

is_reading = threading.Event()
class Hangs:
    shape = 3, 3, 3
    def __getitem__(self, where):
        is_reading.set()
        threading.Event().wait()

ahead.SOON, ahead.LAST_WAIT = 0, 0.1
array = ahead.Ahead(Hangs())
def lose_patience():
    is_reading.wait()
    raise KeyboardInterrupt
array.on_wait = lose_patience
try:
    array[0, :, :]
except KeyboardInterrupt:
    print("no patience")
"""


def test_python_ends_though_a_disk_does_not_answer():
    said = subprocess.run(
        [sys.executable, "-c", HANGS], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "no patience\n"


# ---- what is kept, and for how long


@pytest.mark.parametrize(("side", "kept"), [(1024, 32), (3072, 4)])
def test_32_mebibytes_of_slices_are_kept_and_at_least_four_slices(side, kept):
    source = Recorder(np.broadcast_to(np.uint8(1), (40, side, side)))
    array = Ahead(source)
    array.close()  # nothing is read ahead
    for index in range(kept + 2):
        array[index, :, :]
    source.asked.clear()
    array[2, :, :]
    assert source.planes() == []
    array[1, :, :]
    assert source.planes() == [1]


class Held:
    """An array that hands out one slice no sooner than it is let."""

    shape, dtype = ARRAY.shape, ARRAY.dtype

    def __init__(self, held=2):
        self.held = held
        self.asked, self.begun, self.free = [], threading.Event(), threading.Event()

    def __getitem__(self, where):
        self.asked.append(where[0])
        if where[0] == self.held:
            self.begun.set()
            assert self.free.wait(10)
        return ARRAY[where]


def test_who_closes_lets_the_slice_that_is_being_read_end_and_no_other_begin():
    source = Held()
    array = Ahead(source)
    array[0, :, :], array[1, :, :]
    (thread,) = threads()
    assert source.begun.wait(10)
    array.close()
    source.free.set()
    thread.join(10)
    assert not thread.is_alive()
    assert source.asked == [0, 1, 2]
    array.close()


def test_the_thread_has_a_name_and_does_not_keep_python():
    array = Ahead(Recorder())
    array[3, :, :]
    (thread,) = threads()
    assert (thread.name, thread.daemon) == ("slicekit", True)
    array.close()


def test_before_python_ends_all_that_is_being_read_is_awaited():
    source = Held()
    array = Ahead(source)
    array[0, :, :], array[1, :, :]
    assert source.begun.wait(10)
    threading.Timer(0.05, source.free.set).start()
    ahead.stop_reading()
    assert source.free.is_set()
    assert source.asked == [0, 1, 2]


def test_a_slice_that_is_there_does_not_wait_for_the_next_one():
    source = Held(3)
    array = Ahead(source)
    array[0, :, :], array[1, :, :]
    assert source.begun.wait(10)
    *_, being_read = array._coming.values()
    array[2, :, :]
    source.free.set()
    assert being_read.exception() is None  # it was let go in time


def test_before_the_first_slice_none_has_taken_any_time():
    array = Ahead(Recorder(seconds=0.01))
    assert array.seconds == 0
    array[3, :, :]
    assert array.seconds >= 0.01
    array.close()


# ---- what is no slice


def test_the_whole_array_is_itself_and_a_copy_is_one():
    array = Ahead(ARRAY)
    assert np.shares_memory(array.__array__(), ARRAY)
    assert array.__array__(float).dtype == float
    assert not np.shares_memory(array.__array__(copy=True), ARRAY)


@pytest.mark.parametrize("where", [3, (3, ALL), ([1, 2], ALL, ALL), (slice(2, 4), ALL, ALL)])
def test_what_is_no_single_slice_is_read_as_the_array_reads_it(where):
    array = Ahead(ARRAY)
    assert np.array_equal(array[where], ARRAY[where])


def test_masks_come_along():
    masked = np.ma.masked_less(ARRAY, 90)
    array = Ahead(Recorder(masked))
    assert np.array_equal(array[3, :, :].mask, masked[3].mask)
    array.close()


@pytest.mark.parametrize(
    ("axes", "read"), [((1, 0, 4), {0, 1, 4}), ((1, 2), {0, 1}), ((0, 2), {0, 2}), ((3,), {0})]
)
def test_samples_are_read_along_the_quick_axis_unless_that_is_held(axes, read):
    source = Recorder(np.zeros((3, 4, 5, 6, 7), np.uint8), chunks=(1, 4, 5, 6, 7))
    array = Ahead(source)
    assert len(list(array.some_planes(axes))) > 0
    array.close()
    for where in source.asked:
        assert {axis for axis, index in enumerate(where) if isinstance(index, int)} == read


def test_a_slow_slice_says_which_are_read_at_once(monkeypatch):
    monkeypatch.setattr(ahead, "SOON", -1)
    array = Ahead(Recorder(chunks=(64, 20, 1)))
    words = (
        r"^this slice took 0\.\d s, since its voxels are scattered over the file; slices along "
        r"axis 2 are read at once\. Show those, or make a copy with slicekit\.save_planes for "
        r"these$"
    )
    with pytest.warns(UserWarning, match=words):
        array[3, :, :]
    array.close()
