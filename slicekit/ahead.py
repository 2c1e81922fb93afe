"""Slices of a file, or of another machine: read by a thread, kept for a while, and read ahead."""

import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from queue import SimpleQueue
from time import perf_counter
from typing import Any
from weakref import WeakSet, finalize

import numpy as np

from slicekit.complaint import in_one_line
from slicekit.intensity import places_of_planes, values_of
from slicekit.storage import fast_axis
from slicekit.travel import Place, along, onwards, place_of, steps_between, where_of
from slicekit.volume import check_file, check_plane, sides_of

KEPT = 2**25  # bytes of slices that are kept; at least four slices are
SOON = 0.3  # seconds: a wait for longer than that is told, and a slice that takes longer is slow
LAST_WAIT = 2  # seconds, for a slice that is being read when Python ends


class Reader:
    """A thread that does what it is asked for, one after the other, until it is let go.

    It is not Python's own pool of threads, since that keeps Python from ending as long as a
    disk, or another machine, does not answer.
    """

    def __init__(self) -> None:
        self._asked: SimpleQueue[Any] = SimpleQueue()
        self._is_running = False
        finalize(self, self._asked.put, None).atexit = False

    def ask(self, read: Callable[[Place], np.ndarray], place: Place) -> Future[np.ndarray]:
        """Ask for a slice."""
        if not self._is_running:
            thread = threading.Thread(
                target=work, args=(self._asked,), name="slicekit", daemon=True
            )
            thread.start()
            self._is_running = True
        future: Future[np.ndarray] = Future()
        self._asked.put((future, read, place))
        return future


def work(asked: SimpleQueue[Any]) -> None:
    """Do one thing after the other, until there is a None among them."""
    while (task := asked.get()) is not None:
        future, read, place = task
        if future.set_running_or_notify_cancel():
            try:
                future.set_result(read(place))
            except BaseException as fault:  # whoever waits for it shall know
                future.set_exception(fault)
        del task, future, read  # or the array would live as long as nobody asks for more


class Ahead:
    """An array whose slices are read one at a time in the background, the next ones beforehand.

    Parameters
    ----------
    array : array-like
        Anything with a shape that can be sliced: a memory map, or what h5py, zarr, dask
        or nibabel (``dataobj``) hand out.

    Attributes
    ----------
    troubles : dict
        Why the slice that was asked for last could not be read, by the axes along it.
        It is masked then.
    on_wait : function
        Is called without arguments when a slice takes its time.
    seconds : float
        How long the last slice took.
    """

    def __init__(self, array: Any) -> None:
        self.array, self.shape = array, sides_of(array)
        self.troubles: dict[tuple[bool, ...], str] = {}
        self.on_wait: Callable[[], Any] = lambda: None
        self._thread: Reader | None = Reader()
        self._coming: dict[Place, Future[np.ndarray]] = {}
        self._kept: dict[Place, np.ndarray] = {}
        self._last: dict[tuple[bool, ...], Place] = {}  # by the axes along the slice
        self.seconds = 0.0
        self._sample: np.ndarray | None = None  # any slice: a viewer without one must not open
        self._is_told = False
        OPEN.add(self)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        whole = np.asanyarray(self.array, dtype=dtype)
        return np.array(whole) if copy else whole

    def __reduce__(self) -> tuple[Any, ...]:
        return Ahead, (self.array,)  # a copy reads by itself

    def __getattr__(self, name: str) -> Any:
        return getattr(self.array, name)

    def __getitem__(self, where: Any) -> Any:
        place = place_of(where)
        if place is None or len(place) != len(self.shape):
            return self.array[where]
        try:
            plane = self._plane(place)
        except Exception as fault:
            if self._sample is None:
                raise
            cause = fault.__cause__ or fault
            self.troubles[along(place)] = in_one_line(f"{type(cause).__name__}: {cause}")
            return self._masked(place)
        self.troubles.pop(along(place), None)
        self._tell_of_slowness(place)
        self._read_ahead(place)
        return plane

    def some_planes(self, axes: Sequence[int]) -> Iterator[np.ndarray]:
        """Yield nine slices, along the axis of which they are read soonest."""
        fast = fast_axis(self.array)
        if fast is not None and fast not in axes[:-1]:
            axes = [*axes[:-1], fast]
        for where in places_of_planes(self.shape, axes):
            yield self._plane(place_of(where) or ())

    def close(self) -> None:
        """Read no further ahead, and keep nothing; slices can still be asked for."""
        self._thread = None  # nobody else holds the reader: its thread ends
        # what is being read now is read to its end
        self._coming = {p: future for p, future in self._coming.items() if not future.cancel()}
        self._kept.clear()

    def _plane(self, place: Place) -> np.ndarray:
        """Return a slice: one that is kept, or coming, or read now.

        Whoever asks for the same slice twice in a row wants to know what has become of it.
        """
        if place not in self._kept or place == self._last.get(along(place)):
            for other, future in list(self._coming.items()):
                if other != place and future.cancel():
                    del self._coming[other]
            self._keep(place, self._read_now(place))
        plane = self._kept.pop(place)
        self._kept[place] = plane  # the last that was asked for is the last to go
        self._sample = plane
        return plane

    def _read_now(self, place: Place) -> np.ndarray:
        if not self._thread:
            return self._read(place)
        future = self._coming.pop(place, None) or self._thread.ask(self._read, place)
        try:
            if not wait([future], SOON).done:
                self.on_wait()
            return future.result()
        finally:
            if not future.done():  # Ctrl-C ends the waiting, and not the reading
                self._coming[place] = future

    def _read(self, place: Place) -> np.ndarray:
        begin = perf_counter()
        check_file(self.array)
        try:
            found = values_of(self.array[where_of(place)])
        except Exception as fault:  # there is no knowing what another library raises, and says
            words = in_one_line(f"{type(fault).__name__}: {fault}")
            raise OSError(f"a slice cannot be read ({words}); slice the array itself") from fault
        # of a memory map nothing is read until then, and others use their memory again
        plane = np.array(found, subok=isinstance(found, np.ma.MaskedArray))
        plane = check_plane(plane, self._sides(place))
        self.seconds = perf_counter() - begin
        return plane

    def _keep(self, place: Place, plane: np.ndarray) -> None:
        self._kept[place] = plane
        while len(self._kept) > 4 and sum(kept.nbytes for kept in self._kept.values()) > KEPT:
            del self._kept[next(iter(self._kept))]

    def _read_ahead(self, place: Place) -> None:
        """Ask for the next two slices, if this one is a step from the last one."""
        for there, future in list(self._coming.items()):
            if future.done():
                del self._coming[there]
                if not future.exception():
                    self._keep(there, future.result())
        steps = steps_between(self._last.get(along(place), place), place)
        self._last[along(place)] = place
        for following in onwards(place, steps, self.shape):
            if self._thread and following not in self._kept and following not in self._coming:
                self._coming[following] = self._thread.ask(self._read, following)

    def _masked(self, place: Place) -> Any:
        kind = np.float32 if self._sample is None else self._sample.dtype
        return np.ma.array(np.zeros(self._sides(place), kind), mask=True)

    def _sides(self, place: Place) -> tuple[int, ...]:
        return tuple(n for n, index in zip(self.shape, place, strict=True) if index is None)

    def _tell_of_slowness(self, place: Place) -> None:
        """Say once that slices along another axis are read sooner, if these take their time."""
        fast = fast_axis(self.array)
        if self._is_told or self.seconds < SOON or fast is None or place[fast] is not None:
            return
        self._is_told = True
        warnings.warn(
            f"this slice took {self.seconds:.1f} s, since its voxels are scattered over the "
            f"file; slices along axis {fast} are read at once. Show those, or make a copy with "
            "slicekit.save_planes for these",
            stacklevel=2,
        )


def stop_reading() -> None:
    """Let what is being read come to its end, before Python ends the threads that it needs."""
    for array in list(OPEN):
        array.close()
    wait([future for array in list(OPEN) for future in array._coming.values()], LAST_WAIT)


OPEN: WeakSet[Ahead] = WeakSet()
# `atexit` is too late: there zarr and dask cannot use threads any more, and say so at length
threading._register_atexit(stop_reading)  # type: ignore[attr-defined]
