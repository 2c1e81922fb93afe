"""Kept letters: what they write is what Matplotlib would have drawn, and when they give way."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.transforms import Affine2D

from slicekit import letters
from slicekit.letters import cut, look_of, same

MONO = {"family": "monospace", "size": 20}


def written(words, **options):
    fig = plt.figure(figsize=(2, 1), dpi=100)
    text = fig.text(0.5, 0.5, words, **options)
    fig.canvas.draw()
    return text, fig.canvas.get_renderer(), np.asarray(fig.canvas.buffer_rgba())


def test_texts_that_differ_in_digits_are_alike():
    assert letters.like("slice 34 / 607") == letters.like("slice 15 / 928") == "slice 00 / 000"
    assert letters.letters_of("a 1") == [(0, "a"), (2, "1")]


def test_a_box_has_paper_around_it_and_ends_at_the_canvas():
    class Box:
        def __init__(self, *extents):
            self.extents = np.array(extents)

        def padded(self, by):
            x0, y0, x1, y1 = self.extents
            return Box(x0 - by, y0 - by, x1 + by, y1 + by)

    assert letters.place_of(Box(10, 20, 30, 40), 100) == (slice(57, 84), slice(7, 34))
    assert letters.place_of(Box(1, 95, 30, 99), 100) == (slice(0, 9), slice(0, 34))


def test_only_plain_texts_are_cut_into_letters():
    for options, fits in (
        ({}, True),
        ({"rotation": 90}, False),
        ({"bbox": {"facecolor": "red"}}, False),
    ):
        text, renderer, _ = written("34", family="monospace", **options)
        assert letters.digits_fit(text, renderer) is fits
    text, renderer, _ = written("34")
    text.set_usetex(True)
    assert not letters.digits_fit(text, renderer)


OLD = pytest.mark.skipif(mpl.__version_info__ < (3, 10), reason="its digits are not of one width")
FAMILIES = ["monospace", pytest.param("sans-serif", marks=OLD)]


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("words", ["{} / 7", "a", "{} h"])
def test_letters_are_written_as_matplotlib_writes_them(words, family):
    look = {"family": family, "size": 20}
    text, renderer, pixels = written(words.format(5), **look)
    kept = letters.Letters(text, renderer)
    _, _, paper = written("")
    for number in ("5", "7", "1"):
        text.set_text(words.format(number))
        assert kept.stands()
        assert kept.is_known() == (number != "5")
        pixels[:] = paper
        (place,) = kept.draw(pixels)
        assert place is not ..., "drawn in full"
        assert not text.stale
        assert kept.is_known()
        assert np.array_equal(pixels, written(text.get_text(), **look)[2])
        pixels[place] = paper[place]
        assert np.array_equal(pixels, paper), "outside the place that was told"


def test_no_text_needs_no_room_and_stands():
    text, renderer, pixels = written("")
    kept = letters.Letters(text, renderer)
    assert kept.stands()
    assert kept.is_known()
    assert kept.draw(pixels) == []


def test_a_text_that_was_never_drawn_is_not_known_yet():
    text, renderer, pixels = written("12", family="monospace")
    kept = letters.Letters(text, renderer)
    assert kept.stands()
    assert not kept.is_known()
    pixels[:] = 255
    kept.draw(pixels)
    assert kept.is_known()
    text.set_color("red")  # all that was kept is black
    assert kept.stands()
    assert not kept.is_known()


def test_on_other_paper_a_text_is_drawn_anew():
    text, renderer, pixels = written("12", family="monospace")
    kept = letters.Letters(text, renderer)
    assert kept.stands()
    pixels[:] = 255
    kept.draw(pixels)
    pixels[:, :, 0] = 0
    assert kept.draw(pixels) == [...]


def test_a_text_that_moved_up_does_not_stand():
    text, renderer, _ = written("12", family="monospace")
    kept = letters.Letters(text, renderer)
    text.set_y(0.6)
    assert not kept.stands()
    text.set_y(0.5)
    assert kept.stands()


def test_letters_that_touch_in_a_real_text_are_drawn_in_full():
    look = {"family": "monospace", "size": 10}
    text, renderer, pixels = written("34 / 67", **look)
    drawn = pixels.copy()
    kept = letters.Letters(text, renderer)
    for _ in range(2):
        assert kept.stands()
        pixels[:] = written("")[2]
        assert kept.draw(pixels) == [...]
        assert np.array_equal(pixels, drawn)


def test_a_text_that_reaches_lower_does_not_stand():
    text, renderer, _ = written("34", family="monospace", va="top")
    kept = letters.Letters(text, renderer)
    text.set_text("34\n67")
    assert not kept.stands()


def draw(kept, pixels, line):
    """Write a line on clean paper with kept letters; return where."""
    pixels[:] = 255
    kept.text.set_text(line)
    assert kept.stands()
    return kept.draw(pixels)


def test_nothing_is_written_before_it_is_known_what():
    text, renderer, pixels = written("12")
    kept = letters.Letters(text, renderer)
    assert kept.is_known()
    assert kept.draw(pixels) == []


def test_what_was_written_is_known_with_other_digits_and_not_with_other_letters():
    text, renderer, pixels = written("34 / 67", **MONO)
    kept = letters.Letters(text, renderer)
    draw(kept, pixels, "34 / 67")
    for line, known in (("89 / 10", True), ("8 / 10", False), ("", True)):
        text.set_text(line)
        assert kept.stands()
        assert kept.is_known() is known


def test_a_hundred_lines_are_known_and_one_more_makes_room():
    text, renderer, pixels = written("aa", **MONO)
    kept = letters.Letters(text, renderer)
    lines = [f"{chr(97 + i // 10)}{chr(97 + i % 10)}" for i in range(101)]
    known = []
    for line in [*lines[:100], lines[0], lines[100], lines[100]]:
        draw(kept, pixels, line)
        known.append(len(kept._lines))
    assert known == [*range(1, 101), 100, 101, 1]


@pytest.mark.parametrize("style", [{"bbox": {"color": "red"}}, {"rotation": 30}])
def test_what_is_more_than_letters_is_drawn_by_matplotlib(style):
    text, renderer, pixels = written("34", **MONO, **style)
    kept = letters.Letters(text, renderer)
    for line in ("34", "35"):
        assert draw(kept, pixels, line) == [...]
        assert np.array_equal(pixels, written(line, **MONO, **style)[2])


def test_learning_letters_asks_for_no_drawing():
    text, renderer, pixels = written("3 / 7", **MONO)
    kept = letters.Letters(text, renderer)
    assert kept.stands()
    pixels[:] = 255
    text.figure.stale = text.stale = False
    (place,) = kept.draw(pixels)
    assert place is not ...
    assert not text.figure.stale
    assert text.get_text() == "3 / 7"


def test_letters_are_cut_where_there_is_paper():
    paper = np.full((3, 6, 4), 255, np.uint8)
    box = paper.copy()
    box[1, [0, 2, 4, 5]] = 0
    found = cut("a bc", box, paper)
    assert [*found] == [(0, "a"), (2, "b"), (3, "c")]
    assert [columns for columns, _ in found.values()] == [slice(0, 1), slice(2, 3), slice(4, 6)]
    assert all(np.array_equal(picture, box[:, columns]) for columns, picture in found.values())
    box[:] = 255
    assert (found[3, "c"][1][1] == 0).all()  # a picture of its own
    assert cut("ab", box, paper) == {}


def test_a_letter_is_the_same_in_one_place_with_one_picture():
    here, there = slice(0, 2), slice(1, 3)
    black, white = np.zeros((2, 2)), np.ones((2, 2))
    assert same((here, black), (here, black.copy()))
    assert not same((here, black), (there, black))
    assert not same((here, black), (here, white))


def test_a_look_is_all_but_the_letters_and_who_draws_them():
    text, _, _ = written("34")
    look = look_of(text)
    text.set_text("other")
    assert look_of(text) == look
    text._stale = not text._stale
    assert look_of(text) == look
    text.stale_callback = None
    assert look_of(text) == look
    text._renderer = object()
    assert look_of(text) == look
    text.set_transform(text.get_transform() + Affine2D())  # another one, and the same place
    assert look_of(text) == look


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
    text, _, _ = written("34")
    before = look_of(text)
    change(text)
    assert look_of(text) != before


@pytest.mark.parametrize(("narrower", "fit"), [(0, True), (3, False)])
def test_digits_that_differ_in_width_do_not_stand_for_each_other(narrower, fit):
    class Renderer:
        def get_text_width_height_descent(self, text, font, ismath):
            assert not ismath
            return 10 * len(text) - narrower * text.count("1"), 12, 0

    assert letters.digits_fit(Figure().text(0, 0, "12"), Renderer()) is fit
