import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit.undone import closed_if_in_vain, undone_if_in_vain


def test_a_figure_of_pyplots_is_closed_if_there_is_nothing_to_show_on_it():
    mine, other = plt.figure(), plt.figure()
    for figure, left in ((None, [mine.number, other.number]), (mine, [other.number])):
        with pytest.raises(KeyboardInterrupt), closed_if_in_vain(figure):
            raise KeyboardInterrupt
        assert plt.get_fignums() == left
    with closed_if_in_vain(other):
        pass
    assert plt.get_fignums() == [other.number]


def pixels(fig):
    fig.canvas.draw()
    return np.asarray(fig.canvas.buffer_rgba()).copy()


def begun(ax):
    """Draw all that a viewer could have drawn before it fails."""
    image = ax.imshow(np.zeros((4, 50)), aspect=3, extent=(-9, 9, 7, -7))
    ax.figure.colorbar(image, ax=ax)
    ax.figure.add_axes([0, 0, 0.1, 0.1])
    ax.set(title="mine", anchor="SW", position=[0.1, 0.1, 0.2, 0.8], in_layout=False, xlim=(3, 4))
    ax.title.set(position=(3, 1), transform=ax.transData)
    ax.title.set(color="red", fontsize=30, fontweight="bold", ha="left", va="top")
    ax.plot([100], [100])
    ax.text(0, 0, "here")


def test_axes_that_somebody_gave_are_drawn_as_before(array):
    fig, axes = plt.subplots(1, 2)
    axes[0].imshow(array[0])
    axes[0].set_title("before")
    axes[1].plot([0, 3], [1, 2])
    before = pixels(fig)
    limits = [ax.dataLim.get_points().tolist() for ax in axes]
    with pytest.raises(ZeroDivisionError), undone_if_in_vain(axes):  # noqa: PT012
        for ax in axes:
            begun(ax)
        raise ZeroDivisionError
    assert np.array_equal(pixels(fig), before)
    assert fig.axes == axes.tolist()
    assert limits == [ax.dataLim.get_points().tolist() for ax in axes]
    assert all(ax.get_in_layout() for ax in axes)
    axes[1].plot([0, 10], [0, 10])
    axes[1].autoscale_view()
    assert axes[1].get_xlim() == axes[1].get_ylim() == (-0.5, 10.5)


def test_axes_have_all_their_room_again_and_not_what_the_aspect_left_of_it(array):
    fig, ax = plt.subplots()
    room = ax.get_position(original=True).bounds
    ax.imshow(array[0])
    fig.canvas.draw()
    assert ax.get_position().bounds != room
    with pytest.raises(ZeroDivisionError), undone_if_in_vain([ax]):  # noqa: PT012
        begun(ax)
        raise ZeroDivisionError
    assert ax.get_position(original=True).bounds == room
    ax.set_aspect("auto")
    fig.canvas.draw()
    assert ax.get_position().bounds == pytest.approx(room)


def test_what_does_not_fail_stays():
    fig, ax = plt.subplots()
    with undone_if_in_vain([ax]):
        begun(ax)
    assert len(ax.images) == len(ax.lines) == len(ax.texts) == 1
    assert len(fig.axes) == 3


def test_what_are_no_axes_with_x_and_y_is_left_to_whoever_refuses_it():
    removed = plt.figure().add_subplot()
    removed.remove()
    round_ones = plt.figure().add_subplot(projection="polar")
    with pytest.raises(ZeroDivisionError), undone_if_in_vain([None, "ax", removed, round_ones]):
        raise ZeroDivisionError
