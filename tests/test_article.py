import matplotlib.pyplot as plt
import numpy as np
import pytest

import slicekit
from slicekit import multi_slice_viewer, next_slice, previous_slice, process_key


@pytest.fixture
def viewer(array):
    fig = multi_slice_viewer(array)
    return fig, fig.axes[0]


def shown(ax):
    return ax.images[-1].get_array()


def test_starts_in_the_middle_with_the_limits_of_the_volume(viewer, array):
    _, ax = viewer
    assert ax.volume is array
    assert ax.index == 2
    assert np.array_equal(shown(ax), array[2])
    assert ax.images[0].get_clim() == (array.min(), array.max())
    assert ax.images[0].get_cmap().name == "gray"
    assert ax.get_aspect() == 1


def test_k_is_next_and_j_is_previous(viewer, array):
    fig, ax = viewer
    slicekit.press(fig, "k")
    assert ax.index == 3
    assert np.array_equal(shown(ax), array[3])
    slicekit.press(fig, "j")
    slicekit.press(fig, "j")
    assert ax.index == 1
    assert np.array_equal(shown(ax), array[1])


def test_both_ends_lead_to_the_other(viewer, array):
    fig, ax = viewer
    for key, index in [("k", 3), ("k", 0), ("j", 3)]:
        slicekit.press(fig, key)
        assert ax.index == index
        assert np.array_equal(shown(ax), array[index])


def test_matplotlibs_own_k_stays_out_of_it(viewer):
    fig, ax = viewer
    slicekit.press(fig, "k")
    assert (ax.get_xscale(), ax.get_yscale()) == ("linear", "linear")


def test_other_keys_and_none_are_passed_over(viewer):
    fig, ax = viewer
    for key in ["x", "K", "ctrl+j", None]:
        slicekit.press(fig, key)
    assert ax.index == 2


def test_one_image_however_many_keys(viewer):
    fig, ax = viewer
    for _ in range(20):
        slicekit.press(fig, "k")
    assert len(ax.images) == 1


def test_a_volume_from_a_file_and_its_aspect(array):
    volume = slicekit.Volume(array, spacing=(1, 2, 4))
    fig = multi_slice_viewer(volume, aspect=volume.aspect())
    assert fig.axes[0].get_aspect() == 0.5
    slicekit.press(fig, "k")
    assert np.array_equal(shown(fig.axes[0]), array[3])


def test_missing_values_do_not_spoil_the_limits(array):
    volume = array.astype(float)
    volume[0, 0, 0] = np.nan
    assert multi_slice_viewer(volume).axes[0].images[0].get_clim() == (1, array.max())


def test_the_callers_array_is_unchanged(array):
    before = array.copy()
    slicekit.press(multi_slice_viewer(array), "k")
    assert np.array_equal(array, before)


def test_a_viewer_of_ones_own_works_with_our_functions(array):
    """The way the article's readers wrote theirs: state on the Axes, our process_key."""
    slicekit.remove_keymap_conflicts({"j", "k"})
    fig, ax = plt.subplots()
    ax.volume = array
    ax.index = array.shape[0] // 2
    ax.imshow(array[ax.index])
    fig.canvas.mpl_connect("key_press_event", process_key)
    slicekit.press(fig, "k")
    assert np.array_equal(shown(ax), array[3])
    next_slice(ax)
    assert ax.index == 0
    previous_slice(ax)
    previous_slice(ax)
    assert np.array_equal(shown(ax), array[2])


def test_a_handler_of_ones_own_works_with_our_viewer(array):
    """And the other way round: our viewer, a pasted handler that calls our functions."""

    def process_two_keys(event):
        ax = event.canvas.figure.axes[0]
        if event.key == "n":
            next_slice(ax)
        event.canvas.draw()

    fig = multi_slice_viewer(array)
    fig.canvas.mpl_connect("key_press_event", process_two_keys)
    slicekit.press(fig, "n")
    assert fig.axes[0].index == 3


def test_j_and_k_are_free_whatever_the_settings_gave_them_to(array):
    plt.rcParams["keymap.grid"] = ["j", "g"]
    multi_slice_viewer(array)
    assert plt.rcParams["keymap.grid"] == ["g"]
    assert plt.rcParams["keymap.xscale"] == ["L"]


def test_a_key_asks_for_one_drawing(viewer, monkeypatch):
    fig, _ = viewer
    asked = []
    monkeypatch.setattr(fig.canvas, "draw_idle", lambda: asked.append("drawing"))
    slicekit.press(fig, "k")
    assert asked == ["drawing"]
