"""The bugs that people live with: each test fails on a naive viewer, and passes on slicekit."""

import gc
import tracemalloc

import matplotlib.pyplot as plt
import naive
import numpy as np
import pytest
from matplotlib.backend_bases import MouseButton, MouseEvent, NavigationToolbar2

import slicekit


def ours(volume, **options):
    return slicekit.view(volume, **options).fig


def both(naive_viewer, our_viewer=ours):
    """Run a test on slicekit, where it must pass, and on a naive viewer, where it must fail."""
    fails = pytest.param(naive_viewer, marks=pytest.mark.xfail(strict=True), id="naive")
    return pytest.mark.parametrize("show", [pytest.param(our_viewer, id="slicekit"), fails])


def image(fig, number=0):
    return fig.axes[0].images[number]


@pytest.fixture
def volume(array):
    return array.astype(float)


@both(naive.article)
def test_the_contrast_is_not_that_of_the_first_slice(show, volume):
    fig = show(volume, index=0)
    assert image(fig).get_clim() == (0, 119)


@both(naive.overlay)
def test_a_mask_appears_although_the_first_slice_has_none_of_it(show, volume):
    mask = np.zeros(volume.shape, int)
    mask[3, 1, 1] = 1
    fig = show(volume, overlay=mask, index=2)
    slicekit.press(fig, "k")
    colours = image(fig, 1).to_rgba(image(fig, 1).get_array())
    assert colours[1, 1, 3] > 0
    assert colours[0, 0, 3] == 0


@both(naive.labels)
def test_a_label_has_the_same_colour_whichever_slice_comes_first(show, volume):
    labels = np.zeros(volume.shape, int)
    labels[:, 0, 0], labels[2, 0, 1], labels[3, 0, 1] = 3, 1, 7
    colours = set()
    for index in (2, 3):
        over = image(show(volume, overlay=labels, index=index), 1)
        colours.add(tuple(over.to_rgba(over.get_array())[0, 0].tolist()))
    assert len(colours) == 1


@both(naive.other_axis)
def test_another_axis_brings_its_own_extent(show, volume):
    fig = show(volume)
    slicekit.press(fig, "a")
    assert image(fig).get_array().shape == (4, 6)
    assert fig.axes[0].get_ylim() == (3.5, -0.5)
    assert fig.axes[0].get_xlim() == (-0.5, 5.5)


@both(naive.other_axis, lambda volume: ours(volume, wrap=True))
def test_another_axis_wraps_at_its_own_length(show, volume):
    fig = show(volume)
    for key in ("a", "home", "j"):
        slicekit.press(fig, key)
    assert np.array_equal(image(fig).get_array(), volume[:, 4])


KEYS = ["left", "right", "k", "l", "s", "h", "r", "g", "v", "q"]


@pytest.mark.parametrize("key", KEYS)
@both(
    lambda volume, key: naive.article(volume, key=("none", key)),
    lambda volume, key: ours(volume, keys={"next": {key}}),
)
def test_a_key_of_ours_does_nothing_else(show, volume, key, monkeypatch):
    fig = show(volume, key)
    did = []
    toolbar = NavigationToolbar2(fig.canvas)
    for name in ("back", "forward", "home", "save_figure"):
        monkeypatch.setattr(toolbar, name, lambda *args, name=name: did.append(name))
    before = scales_and_grids(fig)
    slicekit.press(fig, key)
    assert np.array_equal(image(fig).get_array(), volume[3])
    assert scales_and_grids(fig) == before
    assert did == []
    assert plt.fignum_exists(fig.number)


def scales_and_grids(fig):
    ax = fig.axes[0]
    grids = [tick.gridline.get_visible() for tick in ax.xaxis.get_major_ticks()]
    return ax.get_xscale(), ax.get_yscale(), grids


@both(naive.method, lambda volume: ours(volume, keys={"next": {"n"}}))
def test_handlers_are_not_collected_as_garbage(show, volume):
    fig = show(volume)
    gc.collect()
    slicekit.press(fig, "n")
    assert np.array_equal(image(fig).get_array(), volume[3])


@both(
    naive.colour_bar,
    lambda volume: ours([volume, -volume], colorbar=True, keys={"next": {"n"}}),
)
def test_a_colour_bar_is_no_panel(show, volume):
    fig = show(volume)
    slicekit.press(fig, "n")
    assert np.array_equal(image(fig).get_array(), volume[3])


@both(naive.title)
def test_the_title_is_written_on_the_viewers_own_axes(show, volume):
    fig = show(volume)
    other = plt.figure().add_subplot(title="mine")
    slicekit.press(fig, "k")
    assert fig.axes[0].get_title() == "3 / 3"
    assert other.get_title() == "mine"


@both(naive.lower)
def test_a_key_without_a_name_is_passed_over(show, volume):
    slicekit.press(show(volume), None)


@pytest.mark.parametrize(("step", "index"), [(0.1, 3), (-0.1, 1), (5, 3)])
@both(naive.wheel)
def test_the_wheel_goes_by_its_sign(show, volume, step, index):
    fig = show(volume)
    slicekit.scroll(fig, step)
    assert np.array_equal(image(fig).get_array(), volume[index])


def with_points(volume):
    viewer = slicekit.view(volume)
    return viewer.fig, viewer


def taken(points):
    return np.array(getattr(points, "points", points)).tolist()


@both(naive.clicks, with_points)
def test_a_click_outside_the_axes_is_no_point(show, volume):
    fig, points = show(volume)
    event = MouseEvent("button_press_event", fig.canvas, 1, 1, MouseButton.LEFT)
    fig.canvas.callbacks.process(event.name, event)
    assert taken(points) == []


@both(lambda volume: naive.clicks(volume, []), with_points)
def test_a_click_while_zooming_or_panning_is_no_point(show, volume):
    fig, points = show(volume)
    toolbar = NavigationToolbar2(fig.canvas)
    for tool in (toolbar.zoom, toolbar.pan):
        tool()
        event = MouseEvent("button_press_event", fig.canvas, 320, 240, MouseButton.LEFT)
        fig.canvas.callbacks.process(event.name, event)
        assert taken(points) == []
        tool()
    slicekit.click(fig, 1, 1)
    assert taken(points) == [[2, 1, 1]]


@both(naive.clicks, with_points)
def test_two_viewers_do_not_share_their_points(show, volume):
    first, points = show(volume)
    _, others = show(volume)
    slicekit.click(first, 1, 1)
    assert taken(points) == [[2, 1, 1]]
    assert taken(others) == []


@both(naive.in_place)
def test_the_callers_array_is_not_changed(show, volume):
    volume[0, 0, 0] = np.nan
    before = volume.copy()
    slicekit.press(show(volume), "k")
    assert np.array_equal(volume, before, equal_nan=True)


@both(naive.new_image)
def test_keys_do_not_pile_up_images(show, volume):
    fig = show(volume)
    for _ in range(5):
        slicekit.press(fig, "j")
    assert len(fig.axes[0].images) == 1


@both(naive.clear)
def test_zoom_survives_a_step(show, volume):
    fig = show(volume)
    fig.axes[0].set(xlim=(1, 2), ylim=(3, 2))
    slicekit.press(fig, "j")
    assert (fig.axes[0].get_xlim(), fig.axes[0].get_ylim()) == ((1, 2), (3, 2))


@both(naive.all_colours)
def test_the_volume_is_not_turned_into_colours(show):
    volume = np.zeros((100, 100, 100), np.uint8)
    volume[50] = 1
    tracemalloc.start()
    show(volume)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * volume.nbytes
