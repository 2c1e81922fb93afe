"""Kept letters: what they write is what Matplotlib would have drawn, and when they give way."""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.transforms import Affine2D

from slicekit.letters import Letters, cut, digits_fit, look_of, same


class Sheet:
    """A text alone in a figure, the pixels below it, and how often Matplotlib drew it."""

    def __init__(self, line: str = "34 / 67", **style) -> None:
        self.fig = Figure((2, 1), dpi=100)
        FigureCanvasAgg(self.fig)
        self.text = self.fig.text(0.2, 0.4, line, **{"fontsize": 18, **style})
        self.fig.draw_without_rendering()
        self.renderer = self.fig.canvas.get_renderer()
        self.renderer.clear()
        self.pixels = np.asarray(self.renderer.buffer_rgba())
        self.letters = Letters(self.text, self.renderer)
        self.drawn = 0
        sheet = self

        class Counted(Text):
            def draw(self, renderer) -> None:
                sheet.drawn += self is sheet.text
                super().draw(renderer)

        self.text.__class__ = Counted

    def written(self, line: str) -> list:
        """Write a line on clean paper with kept letters; return where."""
        self.renderer.clear()
        self.text.set_text(line)
        assert self.letters.stands()
        return self.letters.draw(self.pixels)


def width(line: str) -> float:
    return Sheet(line).text.get_window_extent().width


# older versions of Matplotlib take a text for as wide as its ink is, so that no digit can
# stand for another; there all is drawn as it always was
OF_ONE_SIZE = len({width(f"0{digit}") for digit in range(10)}) == 1


def plainly(line: str, **style) -> np.ndarray:
    sheet = Sheet(line, **style)
    Text.draw(sheet.text, sheet.renderer)
    return sheet.pixels


@pytest.mark.parametrize("style", [{}, {"color": "red", "fontsize": 24}, {"ha": "center"}])
def test_texts_that_differ_in_digits_are_written_as_they_would_be_drawn(style):
    sheet = Sheet(**style)
    for line in ("34 / 67", "35 / 67", "10 / 67", "89 / 20", "x 1", "x 7"):
        (place,) = sheet.written(line)
        assert np.array_equal(sheet.pixels, plainly(line, **style))
        assert (sheet.pixels[place][..., :3] < 255).any()
        assert not sheet.text.stale
    assert sheet.drawn == (0 if OF_ONE_SIZE else 6)


def test_nothing_is_written_before_it_is_known_what():
    sheet = Sheet()
    assert sheet.letters.is_known()
    assert sheet.letters.draw(sheet.pixels) == []
    assert (sheet.pixels[..., :3] == 255).all() or not sheet.pixels.any()


def test_an_empty_text_stands_anywhere_and_is_not_written():
    sheet = Sheet()
    assert sheet.written("") == []
    assert sheet.letters.is_known()


def test_what_was_written_is_known_with_other_digits_and_not_with_other_letters():
    sheet = Sheet()
    sheet.written("34 / 67")
    for line, known in (("89 / 10", True), ("8 / 10", False), ("", True)):
        sheet.text.set_text(line)
        sheet.letters.stands()
        assert sheet.letters.is_known() is known


def test_a_hundred_lines_are_known_and_one_more_makes_room():
    sheet = Sheet()
    lines = [f"{chr(97 + i // 10)}{chr(97 + i % 10)}" for i in range(101)]
    for line in lines[:100]:
        sheet.written(line)
    sheet.written(lines[0])
    assert len(sheet.letters._lines) == 100
    sheet.written(lines[100])
    sheet.written(lines[100])
    assert [*sheet.letters._lines] == [lines[100]]


def test_another_look_is_learnt_anew():
    sheet = Sheet()
    sheet.written("34 / 67")
    sheet.text.set_color("red")
    sheet.text.set_text("35 / 67")
    assert sheet.letters.stands()
    assert not sheet.letters.is_known()
    sheet.written("35 / 67")
    assert np.array_equal(sheet.pixels, plainly("35 / 67", color="red"))


def test_a_text_that_would_be_higher_does_not_stand():
    sheet = Sheet()
    sheet.text.set_y(0.5)
    assert not sheet.letters.stands()


def test_on_other_paper_matplotlib_draws_the_text_itself():
    sheet = Sheet()
    sheet.written("34 / 67")
    before = sheet.drawn
    sheet.renderer.clear()
    sheet.pixels[:, ::2] = 7
    sheet.text.set_text("35 / 67")
    assert sheet.letters.stands()
    assert sheet.letters.draw(sheet.pixels) == [...]
    assert sheet.drawn == before + 1


@pytest.mark.parametrize("style", [{"bbox": {"color": "red"}}, {"rotation": 30}])
def test_what_is_more_than_letters_is_drawn_by_matplotlib(style):
    sheet = Sheet(**style)
    assert sheet.written("34 / 67") == [...]
    assert sheet.written("35 / 67") == [...]
    assert np.array_equal(sheet.pixels, plainly("35 / 67", **style))


def test_learning_letters_asks_for_no_drawing():
    sheet = Sheet()
    assert sheet.letters.stands()
    sheet.fig.stale = sheet.text.stale = False
    sheet.letters.draw(sheet.pixels)
    assert sheet.fig.stale is not OF_ONE_SIZE
    assert sheet.text.get_text() == "34 / 67"


def test_letters_are_cut_where_there_is_paper():
    paper = np.full((3, 6, 4), 255, np.uint8)
    box = paper.copy()
    box[1, [0, 2, 4, 5]] = 0
    letters = cut("a bc", box, paper)
    assert [*letters] == [(0, "a"), (2, "b"), (3, "c")]
    assert [columns for columns, _ in letters.values()] == [slice(0, 1), slice(2, 3), slice(4, 6)]
    assert all(np.array_equal(picture, box[:, columns]) for columns, picture in letters.values())
    box[:] = 255
    assert (letters[3, "c"][1][1] == 0).all()  # a picture of its own
    assert cut("ab", box, paper) == {}


def test_a_letter_is_the_same_in_one_place_with_one_picture():
    here, there = slice(0, 2), slice(1, 3)
    black, white = np.zeros((2, 2)), np.ones((2, 2))
    assert same((here, black), (here, black.copy()))
    assert not same((here, black), (there, black))
    assert not same((here, black), (here, white))


def test_a_look_is_all_but_the_letters_and_who_draws_them():
    sheet = Sheet()
    look = look_of(sheet.text)
    sheet.text.set_text("other")
    assert look_of(sheet.text) == look
    sheet.text._stale = not sheet.text._stale
    assert look_of(sheet.text) == look
    sheet.text.stale_callback = None
    assert look_of(sheet.text) == look
    sheet.text._renderer = object()
    assert look_of(sheet.text) == look
    where = sheet.text.get_transform()
    sheet.text.set_transform(where + Affine2D())  # another object, and the same place
    assert look_of(sheet.text) == look


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.set_color("red"),
        lambda text: text.set_x(0.3),
        lambda text: text.set_fontsize(20),
        lambda text: text.set_alpha(0.5),
        lambda text: text.set_transform(Affine2D()),
    ],
)
def test_another_colour_place_or_size_is_another_look(change):
    sheet = Sheet()
    before = look_of(sheet.text)
    change(sheet.text)
    assert look_of(sheet.text) != before


@pytest.mark.parametrize(("narrower", "fit"), [(0, True), (3, False)])
def test_digits_that_differ_in_width_do_not_stand_for_each_other(narrower, fit):
    class Renderer:
        def get_text_width_height_descent(self, text, font, ismath):
            assert not ismath
            return 10 * len(text) - narrower * text.count("1"), 12, 0

    assert digits_fit(Figure().text(0, 0, "12"), Renderer()) is fit
