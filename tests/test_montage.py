"""The montage by itself: its size, its titles, and what cannot be."""

import gc

import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit import view
from slicekit.montage import sheet


def test_a_montage_is_of_twelve_slices_four_in_a_row():
    axes = view(np.zeros((24, 3, 3))).montage().axes
    assert [ax.get_title() for ax in axes] == [f"{index} / 23" for index in range(1, 24, 2)]
    assert axes[0].get_subplotspec().get_geometry()[:2] == (3, 4)


def test_titles_stand_near_their_tiles(array):
    fig = view(array).montage(2)
    fig.draw_without_rendering()
    for ax in fig.axes:
        bottom = ax.title.get_transform().transform(ax.title.get_position())[1]
        assert (bottom - ax.bbox.y1) * 72 / fig.dpi == pytest.approx(3)


def test_a_montage_of_one_axis_of_three_planes_in_their_proportions(array):
    viewer = view(array, planes=True, affine=np.diag([1, 1, 2, 1]))
    viewer.axis = 1  # four columns of 1 mm, six rows of 2 mm
    fig = viewer.montage([0, 4])
    width = plt.rcParams["figure.figsize"][0] * 1.25
    assert fig.get_size_inches() == pytest.approx((width, width / 2 * 3 + 0.25))
    assert sheet(fig.axes[0], 1) == pytest.approx((width, 3 * width))


def test_letters_of_a_tile_tell_what_is_left_when_it_is_turned(array):
    tile = view(array, orientation="RAS", axis=2).montage([1, 2]).axes[0]
    gc.collect()
    letters = [text.get_text() for text in tile.texts[:4]]
    tile.invert_xaxis()
    tile.invert_yaxis()
    assert [text.get_text() for text in tile.texts[:4]] == [letters[i] for i in (1, 0, 3, 2)]
    assert {*letters} == {*"LRPA"}


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"ncols": 0}, ValueError, "^ncols must be 1 or more, got 0$"),
        ({"ncols": 1.5}, TypeError, "^ncols must be a whole number, got 1.5; use int"),
        ({"slices": 0}, ValueError, "^slices must be 1 or more, got 0$"),
        (
            {"slices": [True]},
            TypeError,
            r"^slices must be .* or a list of indices, got \[True\]; .* by np.flatnonzero$",
        ),
    ],
)
def test_a_montage_that_cannot_be(array, options, error, words):
    viewer = view(array)
    with pytest.raises(error, match=words):
        viewer.montage(**options)
    assert plt.get_fignums() == [viewer.fig.number]
