"""What is said of slices that are late or lost, with viewers and timers that are only played."""

from contextlib import suppress
from types import SimpleNamespace

import pytest
from matplotlib.backend_bases import TimerBase

from slicekit import waiting
from slicekit.ahead import Ahead


def source(troubles=None, **more):
    array = SimpleNamespace(**({} if troubles is None else {"troubles": troubles}))
    return SimpleNamespace(array=array, **more)


ROWS = (False, True, True)  # the first axis is held fixed, the others run along the slice


@pytest.mark.parametrize(
    ("sources", "axis", "words"),
    [
        ([source()], 0, "5 / 9"),
        ([source({})], 0, "5 / 9"),
        ([source({ROWS: "gone"})], 0, "5 / 9\ncannot be read: gone"),
        ([source({ROWS: "gone"})], 1, "5 / 9"),
        ([source({ROWS: "gone"})], 2, "5 / 9"),
        ([source({(True, False, True): "gone"})], 1, "5 / 9\ncannot be read: gone"),
        ([source({(True, False, True): "a"}), source({ROWS: "b"})], 0, "5 / 9\ncannot be read: b"),
        ([source({(True, *ROWS): "gone"}, shown=(1, 2, 3))], 0, "5 / 9\ncannot be read: gone"),
        ([source({(True, *ROWS): "gone"}, shown=(2, 1, 3))], 1, "5 / 9\ncannot be read: gone"),
        ([source({ROWS: "$" * 99})], 0, "5 / 9\ncannot be read: " + r"\$" * 60),
    ],
)
def test_why_there_is_nothing_under_a_title(sources, axis, words):
    picture = SimpleNamespace(plane=SimpleNamespace(axis=axis), volume=sources[0])
    viewer = SimpleNamespace(sources=sources, pictures=[picture])
    assert waiting.with_trouble(viewer, picture, "5 / 9") == words


def test_a_viewer_knows_all_that_it_has_been_given_so_far():
    viewer = SimpleNamespace(sources=[])
    volume, overlay, twin = (SimpleNamespace(array=name) for name in "abb")
    assert waiting.watched(viewer, volume) is volume
    assert waiting.watched(viewer, overlay, twin) is overlay
    assert viewer.sources == [volume, overlay, twin]


def test_all_troubles():
    viewer = SimpleNamespace(sources=[source({ROWS: "gone"}), source()])
    found = waiting.troubles(viewer)
    assert found == [{ROWS: "gone"}, {}]
    assert found[0] is not viewer.sources[0].array.troubles


@pytest.mark.parametrize("blits", [False, True])
def test_which_slice_is_being_read_is_on_the_screen_at_once(blits):
    done = []
    canvas = SimpleNamespace(
        draw=lambda: done.append("draw"), supports_blit=blits, blit=lambda box: done.append(box)
    )
    pictures = [SimpleNamespace(title=SimpleNamespace(set_text=done.append)) for _ in range(2)]
    fig = SimpleNamespace(canvas=canvas, bbox="all of it")
    waiting.say_reading(SimpleNamespace(pictures=pictures, index=3, count=9, fig=fig))
    assert done == ["reading 3 / 8 ..."] * 2 + ["draw"] + ["all of it"] * blits


def test_a_viewer_that_closes_reads_no_further():
    closing = []
    viewer = SimpleNamespace(sources=[], on_close=SimpleNamespace(callback=closing.append))
    late, here = object.__new__(Ahead), source()
    first = SimpleNamespace(array=late)
    assert waiting.watched(viewer, first, here, SimpleNamespace(array=late)) is first
    assert [s.array for s in viewer.sources] == [late, here.array, late]
    assert closing == [late.close]  # once


def test_what_takes_its_time_says_so(monkeypatch):
    said, late = [], object.__new__(Ahead)
    monkeypatch.setattr(waiting, "say_reading", said.append)
    viewer = SimpleNamespace(sources=[], on_close=SimpleNamespace(callback=lambda close: None))
    waiting.watched(viewer, SimpleNamespace(array=late))
    late.on_wait()
    assert said == [viewer]


@pytest.mark.parametrize("troubles", [{}, {ROWS: "gone"}])
@pytest.mark.parametrize("fault", [None, KeyError])
def test_titles_are_written_again_if_something_more_could_not_be_read(troubles, fault):
    written, lost = [], source({})
    viewer = SimpleNamespace(sources=[lost], write_titles=lambda: written.append(1))
    with suppress(KeyError), waiting.telling(viewer):
        lost.array.troubles |= troubles
        if fault:
            raise fault
    assert len(written) == len(troubles)


def test_a_viewer_knows_that_it_answers():
    viewer = SimpleNamespace(is_answering=False)
    with suppress(KeyError), waiting.answering(viewer):
        with waiting.answering(viewer):
            assert viewer.is_answering
        assert viewer.is_answering
        raise KeyError
    assert viewer.is_answering is False


class Timer(TimerBase):
    """A timer of a window."""

    def _timer_start(self):
        self.started = True


def put_off(seconds, is_answering=True, timer=Timer):
    array = object.__new__(Ahead)
    array.seconds = seconds
    stopped = []
    canvas = SimpleNamespace(new_timer=lambda interval, callbacks: timer(interval, callbacks))
    viewer = SimpleNamespace(
        _volumes=[SimpleNamespace(), SimpleNamespace(array=array)],
        is_answering=is_answering,
        later=SimpleNamespace(stop=lambda: stopped.append(1)),
        fig=SimpleNamespace(canvas=canvas),
    )
    return waiting.put_off(viewer, "show"), viewer.later, stopped


def test_a_slow_slice_is_shown_once_no_more_keys_are_waiting():
    is_put_off, later, stopped = put_off(1 / 29)
    assert is_put_off
    assert stopped == [1]
    assert later.started
    assert later.single_shot
    assert (later.interval, later.callbacks) == (1, [("show", (), {})])


@pytest.mark.parametrize(
    "options",
    [
        {"seconds": 1 / 30},
        {"seconds": 1, "is_answering": False},
        {"seconds": 1, "timer": TimerBase},
    ],
)
def test_all_other_slices_are_shown_at_once(options):
    is_put_off, later, stopped = put_off(**options)
    assert not is_put_off
    assert stopped == []
    assert not hasattr(later, "started")
