"""What lies around a slice and what over it, in Matplotlib's order."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.spines import Spine
from matplotlib.transforms import Bbox

from slicekit import parts


@pytest.fixture
def ax():
    ax = plt.figure().subplots()
    ax.imshow(np.zeros((3, 4)))
    ax.set_title("head")
    return ax


def test_the_frame_of_axes(ax):
    assert parts.frame(ax) == [ax.patch, ax.xaxis, ax.yaxis]
    ax.set_frame_on(False)
    assert parts.frame(ax) == [ax.xaxis, ax.yaxis]
    ax.set_axis_off()
    assert parts.frame(ax) == []
    ax.set_axis_on()
    ax.set_visible(False)
    assert parts.frame(ax) == []


def test_what_lies_inside(ax):
    line, text = ax.axvline(1, zorder=9), ax.text(1, 1, "here", zorder=-1)
    found = parts.inside(ax)
    assert found[0] is text
    assert found[-1] is line
    assert {ax.images[0], *ax.spines.values(), *parts.titles_of(ax), ax.xaxis, ax.yaxis} < {*found}
    assert ax.patch not in found
    ax.set_axis_off()
    assert not {ax.patch, ax.xaxis, ax.yaxis, *ax.spines.values()} & {*parts.inside(ax)}
    ax.set_axis_on()
    ax.set_frame_on(False)
    assert not any(isinstance(artist, Spine) for artist in parts.inside(ax))
    assert ax.xaxis in parts.inside(ax)
    ax.set_visible(False)
    assert parts.inside(ax) == []


def test_titles_are_the_texts_that_are_no_texts_of_yours(ax):
    mine = ax.text(1, 1, "here")
    assert [title.get_text() for title in parts.titles_of(ax)].count("head") == 1
    assert len(parts.titles_of(ax)) == 3
    assert mine not in parts.titles_of(ax)


def test_ticks_in_view_their_words_and_their_marks(ax):
    ax.set_xticks([-1, 0, 1, 2, 3])
    ax.set_xticks([0.5, 2.5], minor=True)
    ax.set_xlim(0, 2)
    ax.figure.canvas.draw()
    assert [tick.get_loc() for tick in parts.ticks(ax.xaxis)] == [0, 1, 2, 0.5]
    ax.invert_xaxis()
    assert [tick.get_loc() for tick in parts.ticks(ax.xaxis)] == [0, 1, 2, 0.5]
    written = parts.words(ax.xaxis)
    assert written[-2:] == [ax.xaxis.label, ax.xaxis.offsetText]
    assert len(written) == 2 * 4 + 2
    assert parts.words(ax.title) == [ax.title]
    lower = [tick.tick1line for tick in parts.ticks(ax.xaxis)]
    assert parts.marks(ax.xaxis) == lower
    ax.xaxis.set_tick_params(top=True)
    ax.grid(True, axis="x")
    assert len(parts.marks(ax.xaxis)) == 3 * 3 + 1
    assert parts.marks(ax.title) == []


def test_words_that_are_empty_or_hidden_have_no_box():
    def piece(width, visible=True):
        return SimpleNamespace(
            get_visible=lambda: visible,
            get_tightbbox=lambda renderer: None if width is None else Bbox([[0, 0], [width, 1]]),
        )

    shown = [piece(0), piece(0.5), piece(7), piece(3, False), piece(None)]
    assert [box.width for box in parts.boxes_of(shown, None)] == [0.5, 7]


@pytest.mark.parametrize(
    ("boxes", "over"),
    [
        ([], False),
        ([(9, 9, 12, 12)], True),
        ([(10, 0, 12, 9)], True),
        ([(11, 0, 12, 9), (0, 11, 9, 12)], False),
        ([(-5, -5, -1, 9)], False),
    ],
)
def test_boxes_that_overlap(boxes, over):
    assert (
        parts.overlap([Bbox.from_extents(0, 0, 10, 10)], [Bbox.from_extents(box) for box in boxes])
        == over
    )


def test_boxes_side_by_side_do_not_overlap():
    high, beside = Bbox.from_extents(0, 0, 3, 10), Bbox.from_extents(5, 0, 9, 10)
    assert not parts.overlap([high], [beside])
    assert not parts.overlap([beside], [high])


def test_what_is_clipped_stays_within_its_axes(ax):
    line = ax.axvline(1)
    assert parts.is_clipped(line)
    line.set_clip_on(False)
    assert not parts.is_clipped(line)
    assert not parts.is_clipped(ax.figure.text(0, 0, "here"))
    line.set_clip_on(True)
    line.set_clip_box(None)
    line.set_clip_path(None)
    assert not parts.is_clipped(line)
    line.set_clip_path(ax.patch)
    assert parts.is_clipped(line)


def test_what_stays_lies_in_the_order_of_drawing(ax):
    fig = ax.figure
    text, other = fig.text(0, 0, "here", zorder=-5), fig.add_axes((0, 0, 0.1, 0.1))
    still = parts.still_parts(fig, [ax])
    assert still == [fig.patch, text, ax.patch, ax.xaxis, ax.yaxis, other]
    assert parts.still_parts(fig, []) == [fig.patch, text, ax, other]


@pytest.mark.parametrize(
    "change",
    [
        lambda ax: ax.set_position((0.1, 0.1, 0.5, 0.5)),
        lambda ax: ax.set_xlim(0, 1),
        lambda ax: ax.set_ylim(0, 1),
        lambda ax: ax.set_aspect(2),
        lambda ax: ax.set_anchor("NW"),
        lambda ax: ax.set_adjustable("datalim"),
        lambda ax: ax.set_box_aspect(1),
        lambda ax: ax.set_visible(False),
        lambda ax: ax.set_animated(True),
        lambda ax: ax.set_agg_filter(lambda image, dpi: (image, 0, 0)),
        lambda ax: ax.inset_axes((0, 0, 0.1, 0.1)),
    ],
)
def test_what_decides_where_a_slice_is_seen(ax, change):
    before = parts.place_and_limits(ax)
    assert parts.place_and_limits(ax) == before
    change(ax)
    assert parts.place_and_limits(ax) != before


def test_the_place_of_axes_with_a_locator_is_the_one_it_has_now(ax):
    inset = ax.inset_axes((0.5, 0.5, 0.1, 0.1))
    ax.figure.canvas.draw()
    before = parts.place_and_limits(inset)
    ax.set_position((0, 0, 0.2, 0.2))
    ax.figure.canvas.draw()
    assert parts.place_and_limits(inset)[:4] != before[:4]


def test_what_was_drawn_once_is_drawn_again(ax):
    fig = ax.figure
    fig.canvas.draw()
    renderer, pixels = fig.canvas.get_renderer(), np.asarray(fig.canvas.buffer_rgba())
    spine = ax.spines["left"]
    renderer.clear()
    spine.draw(renderer)
    seen = pixels.copy()
    renderer.clear()
    drawn = parts.Drawn(spine, renderer)
    assert not np.array_equal(pixels, seen), "nothing is drawn while it is learnt"
    assert "draw_path" not in vars(renderer)
    drawn.draw(renderer)
    assert np.array_equal(pixels, seen)
