"""Which way a step takes to the screen, with a painter and a canvas that are only played."""

import pytest
from matplotlib.backend_bases import DrawEvent
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from slicekit.screen import Screen, screen_of


class Painter:
    """Paints as it is told, one answer after the other, and notes what it is asked."""

    def __init__(self, canvas, log):
        self.canvas, self.log, self.answers = canvas, log, []
        self.backdrop, self.in_haste, self.worth = "there", False, True

    def paint(self, **how):
        self.log.append(("paint", how))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def is_worth_a_try(self):
        return self.worth

    def __getattr__(self, name):
        return lambda: self.log.append(name)


class Timer:
    def __init__(self, log):
        self.start, self.stop = (lambda: log.append("start")), (lambda: log.append("stop"))


@pytest.fixture
def log():
    return []


@pytest.fixture
def screen(log):
    """Return a screen on which the figure was drawn, and on which nothing else is real."""
    canvas = FigureCanvasAgg(Figure())
    screen = Screen(canvas.figure)
    canvas.blit = lambda box: log.append(("blit", box is canvas.figure.bbox))
    canvas.draw, canvas.draw_idle = (lambda: log.append("draw")), (lambda: log.append("soon"))
    screen.painter, screen._timer = Painter(canvas, log), Timer(log)
    drawn(canvas)
    log.clear()
    return screen


def drawn(canvas):
    canvas.callbacks.process("draw_event", DrawEvent("draw_event", canvas, None))


def shown(screen, *answers):
    """Show it once for each answer of the painter; return how often that is given up."""
    screen.painter.answers[:] = answers
    before = screen.painter.log.count("give_up")
    for _ in answers:
        screen.show()
    return screen.painter.log.count("give_up") - before


HASTY, QUICK = ("paint", {"exactly": False}), ("blit", True)


def test_the_quick_way_is_a_blit_of_the_figure(screen, log):
    shown(screen, True)
    assert log == [HASTY, QUICK]
    log.clear()
    screen.painter.in_haste = True
    shown(screen, True)
    assert log == [HASTY, QUICK, "start"]


def test_before_the_first_drawing_nothing_is_painted(log):
    canvas = FigureCanvasAgg(Figure())
    canvas.draw_idle = lambda: log.append("soon")
    Screen(canvas.figure).show()
    assert log == ["soon"]


def test_on_another_canvas_nothing_is_painted(screen, log):
    screen.painter.canvas = None
    screen.show()
    assert log == ["soon"]


def test_what_cannot_be_painted_is_drawn_and_learnt_from(screen, log):
    shown(screen, False)
    assert log == [HASTY, "draw", "learn"]
    screen.painter.worth = False
    log.clear()
    shown(screen, False)
    assert log == [HASTY, "soon"]


def test_three_times_in_vain_are_enough(screen):
    assert shown(screen, False, False) == 0
    assert shown(screen, False) == 1
    assert shown(screen, False, False) == 0
    assert shown(screen, False) == 1


def test_a_step_that_is_painted_begins_the_count_anew(screen):
    assert shown(screen, False, False, True, False, False) == 0
    assert shown(screen, False) == 1


def test_without_a_backdrop_nothing_was_in_vain(screen):
    screen.painter.backdrop = None
    assert shown(screen, *[False] * 5) == 0


def test_a_fault_counts_as_one_and_is_told_by_the_full_drawing(screen, log):
    assert shown(screen, ValueError("no")) == 0
    assert log == [HASTY, "forget", "soon"]
    assert shown(screen, False) == 0
    assert shown(screen, False) == 1


@pytest.mark.parametrize("fault", [None, KeyError])
def test_a_step_lets_nobody_else_ask_for_a_drawing(screen, fault):
    def told(fig, stale):
        pass

    screen.fig.stale_callback = told
    screen.painter.answers[:] = [True]
    try:
        with screen.step():
            assert screen.fig.stale_callback is None
            assert screen.painter.log == []
            if fault:
                raise fault
    except KeyError:
        assert fault
    assert screen.fig.stale_callback is told
    assert screen.painter.log == [HASTY, QUICK]


def test_what_was_drawn_in_haste_is_drawn_exactly(screen, log):
    screen.settle()
    assert log == ["stop"]
    screen.painter.in_haste = True
    for answer, last in ((True, QUICK), (False, "soon")):
        log.clear()
        screen.painter.answers[:] = [answer]
        screen.settle()
        assert log == ["stop", ("paint", {}), last]


def test_who_comes_and_goes_changes_what_there_is_to_paint(screen, log):
    assert screen_of(screen.fig) is screen
    leave, leave_too = screen.enter(list), screen.enter(lambda: [])
    assert log == ["forget", "forget"]
    leave()
    assert log == ["forget"] * 3
    drawn(screen.fig.canvas)
    assert log == ["forget"] * 4
    leave_too()
    assert log == [*["forget"] * 5, "stop"]
    drawn(screen.fig.canvas)
    assert log[5:] == ["stop"]
    assert screen_of(screen.fig) is not screen
