"""Pictures of a viewer, drawn elsewhere: its own canvas knows afterwards what it has missed."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from slicekit import view
from slicekit.frames import Canvas, each_picture, encoded, on_another_canvas, spoken
from slicekit.paint import Painter


@pytest.fixture
def viewer(array):
    viewer = view(array, ax=plt.figure(figsize=(2, 1.5), dpi=100).subplots())
    viewer.ax.set_axis_off()  # Matplotlib draws ticks anew whenever it draws in full
    return viewer


def drawn_in_full(viewer, indices):
    """Return what Matplotlib draws of some slices, without anything that was kept."""
    canvas = Canvas(viewer.fig)
    for viewer.index in indices:
        canvas.draw()
        yield np.asarray(canvas.buffer_rgba())[..., :3].copy()


def test_nothing_is_learnt_from_a_picture_that_lacks_what_was_drawn_elsewhere(viewer, monkeypatch):
    """A window draws when it is idle, and keys may come before that."""
    canvas = viewer.fig.canvas
    painter = Painter(canvas, lambda: viewer.axes)
    canvas.draw()
    monkeypatch.setattr(canvas, "draw_idle", lambda: None)
    viewer.fig.text(0, 0, "new")
    with on_another_canvas(viewer) as other:
        other.draw()
    assert painter.learn() is False
    canvas.draw()
    assert painter.learn() is True  # it was not given up


@pytest.mark.parametrize("fault", [None, KeyError])
def test_a_figure_drawn_elsewhere_comes_back_and_asks_to_be_drawn(viewer, monkeypatch, fault):
    before, asked = viewer.fig.canvas, []
    monkeypatch.setattr(before, "draw_idle", lambda: asked.append(viewer.fig.canvas))

    def draw():
        with on_another_canvas(viewer, 37) as canvas:
            assert (viewer.fig.canvas, viewer.fig.dpi) == (canvas, 37)
            viewer.index = 0
            canvas.draw_idle()
            if fault:
                raise fault

    if fault:
        with pytest.raises(fault):
            draw()
    else:
        draw()
    assert (viewer.fig.canvas, viewer.fig.dpi, viewer.index) == (before, 100, 2)
    assert asked == [before]


def test_a_canvas_elsewhere_draws_only_when_it_is_told_to(viewer, redraws):
    canvas = Canvas(viewer.fig)
    drawn = redraws(viewer.fig)
    viewer.index = 0
    canvas.draw_idle()
    assert drawn == []
    canvas.draw()
    assert len(drawn) == 1


def test_what_changes_with_one_slice_is_in_all_pictures_after_it(viewer):
    """What was kept before is of no use any more, and what is the same later is kept anew."""
    viewer.draw(lambda ax, index: ax.plot([0, index], [0, 1]))
    words = viewer.fig.text(0, 0, "before", size=5)
    viewer.on_change(lambda viewer: viewer.index == 2 and words.set_text("after"))
    with on_another_canvas(viewer) as canvas:
        pictures = list(each_picture(viewer, canvas, [0, 1, 2, 3]))
    assert words.get_text() == "after"
    for picture, full in zip(pictures[2:], drawn_in_full(viewer, [2, 3]), strict=True):
        assert np.array_equal(np.asarray(picture.convert("RGB")), full)
    words.set_text("before")
    for picture, full in zip(pictures, drawn_in_full(viewer, [0, 1]), strict=False):
        assert np.array_equal(np.asarray(picture.convert("RGB")), full)


def test_a_picture_as_the_bytes_of_a_file():
    picture = Image.new("L", (30, 20))
    assert encoded(picture, "PNG").startswith(b"\x89PNG")
    large, small = (encoded(picture, "JPEG", quality=quality) for quality in (100, 1))
    assert len(large) > len(small)


@pytest.mark.parametrize("ratio", [1.5, 0.64])
def test_elsewhere_pixels_are_those_of_the_figure_whatever_the_screen(viewer, ratio):
    viewer.fig.canvas._set_device_pixel_ratio(ratio)
    assert viewer.fig.dpi == 100 * ratio
    with on_another_canvas(viewer):
        assert viewer.fig.dpi == 100
    assert viewer.fig.dpi == 100 * ratio


def test_a_panel_without_a_title_is_not_spoken_of(array):
    viewer = view([array, array])
    assert spoken(viewer) == "2 / 3; 2 / 3"
    viewer.pictures[0].title.set_text("")
    assert spoken(viewer) == "2 / 3"
