"""Where pictures stand, in inches."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from slicekit import Volume, view
from slicekit.arrangement import (
    GAP,
    TITLE,
    check_axes,
    corners_of,
    fit_title,
    panels,
    sign,
    three_panels,
)
from slicekit.orientation import Look


def inches(ax):
    """Return left, bottom, right and top of an axes on its figure."""
    return np.ravel(ax.get_position(original=True).get_points() * ax.figure.get_size_inches())


@pytest.mark.parametrize(
    ("count", "ncols", "grid"),
    [(1, None, (1, 1)), (3, None, (1, 3)), (5, None, (2, 4)), (5, 2, (3, 2)), (2, 9, (1, 2))],
)
def test_panels_stand_in_rows(count, ncols, grid):
    axes = panels(count, ncols)
    assert len(axes) == len(axes[0].figure.axes) == count
    rows, columns = grid
    for number, ax in enumerate(axes):
        assert ax.get_subplotspec().get_geometry() == (rows, columns, number, number)
    usual = (6.4, 4.8) if count == 1 else (4 * columns, 4 * rows)
    assert axes[0].figure.get_size_inches() == pytest.approx(usual)


@pytest.mark.parametrize("codes", ["", "RAS", "ASR"])
@pytest.mark.parametrize("shape", [(40, 50, 60), (60, 20, 30)])
def test_three_planes_fill_their_figure_up_to_gaps_and_titles(codes, shape):
    look = Look(codes)
    axes = three_panels([Volume(np.zeros(shape), (2, 2, 2))], look)
    across, through, up = look.axes if codes else (2, 0, 1)
    side, front, below = (inches(axes[look.axes.index(axis)]) for axis in (across, through, up))
    width, height = axes[0].figure.get_size_inches()
    left, right = (front, side) if front[0] < side[0] else (side, front)
    assert left[0] == pytest.approx(GAP)
    assert right[0] - left[2] == pytest.approx(GAP)
    assert right[2] == pytest.approx(width - GAP)
    assert left[3] == right[3] == pytest.approx(height - TITLE)
    assert left[1] - below[3] == pytest.approx(TITLE)
    assert below[1] == pytest.approx(GAP)
    mm = np.multiply(shape, 2)
    per_mm = (left[2] - left[0]) / mm[across]
    assert left[3] - left[1] == pytest.approx(per_mm * mm[up])
    assert right[2] - right[0] == pytest.approx(per_mm * mm[through])
    assert below[3] - below[1] == pytest.approx(per_mm * mm[through])
    assert (width == pytest.approx(6.4)) != (height == pytest.approx(1.25 * 6.4))


@pytest.mark.parametrize(
    ("shape", "count", "size"),
    [
        ((90, 90, 90), 1, (6.4, 6.7)),
        ((30, 90, 30), 1, (4.075, 8)),
        ((90, 90, 90), 2, (12.8, 6.7)),
    ],
)
def test_three_planes_are_as_wide_as_a_usual_figure_or_as_high_as_a_screen(shape, count, size):
    axes = three_panels([Volume(np.zeros(shape))] * count, Look())
    assert axes[0].figure.get_size_inches() == pytest.approx(size)


def test_a_thin_volume_has_room_for_its_titles():
    axes = three_panels([Volume(np.zeros((2, 60, 90)))], Look("RAS"))
    wide = [right - left for left, _, right, _ in map(inches, axes)]
    assert wide[0] / wide[1] == pytest.approx(60 / 30)


def test_several_volumes_stand_in_rows_each_with_its_corner():
    volumes = [Volume(np.zeros((4, 5, 6)))] * 5
    one = three_panels(volumes[:1], Look())[0].figure.get_size_inches()
    for ncols, (rows, columns) in ((None, (2, 4)), (2, (3, 2))):
        axes = three_panels(volumes, Look(), ncols)
        assert axes[0].figure.get_size_inches() == pytest.approx((columns * one[0], rows * one[1]))
        assert len(axes) == 15
        for number in range(5):
            row, column = divmod(number, columns)
            for there, here in zip(axes[3 * number :], axes[:3], strict=False):
                moved = inches(there) - inches(here)
                assert moved == pytest.approx((column * one[0], -row * one[1]) * 2)
        assert len(corners_of(axes)) == 5
        assert len(corners_of(axes[:3])) == 1
        corner = corners_of(axes)[0]
        assert not corner.get_navigate()
        assert not corner.get_frame_on()
        assert not any([*corner.get_xticks(), *corner.get_yticks()])
        assert not any(ax.get_xticks().size or ax.get_yticks().size for ax in axes)


@pytest.mark.parametrize(
    ("name", "stands"),
    [("twelve chars", False), ("thirteen char", True), ("a few letters more", True), ("", False)],
)
def test_names_too_long_for_titles_stand_in_the_corner(name, stands):
    axes = three_panels([Volume(np.zeros((4, 5, 6)))], Look("RAS"))
    assert sign(axes, Look("RAS"), [name]) is stands
    (text,) = corners_of(axes)[0].texts
    lines = text.get_text().split("\n")
    assert " ".join(lines[:-2]) == (name if stands else "")
    assert lines[-2:] == Look("RAS").words().split("\n")
    assert (text.get_position(), text.get_va()) == ((0.05, 0.9), "top")
    assert text.get_fontsize() == pytest.approx(10 / 1.2, abs=0.01)


def test_without_a_corner_nothing_is_written():
    assert sign(plt.figure().subplots(1, 3), Look("RAS"), ["a name of many letters"]) is False


def test_names_are_wrapped_at_the_width_of_the_corner():
    axes = three_panels([Volume(np.zeros((90, 90, 90)))], Look())
    sign(axes, Look(), ["x" * 100])
    first = corners_of(axes)[0].texts[0].get_text().split("\n")[0]
    left, _, right, _ = inches(corners_of(axes)[0])
    assert len(first) == int((right - left) / 0.08)


def test_names_have_eight_letters_in_a_line_in_the_smallest_corner():
    plt.rcParams["figure.figsize"] = 1.5, 1.5
    axes = three_panels([Volume(np.zeros((90, 90, 90)))], Look())
    sign(axes, Look(), ["x" * 20])
    assert corners_of(axes)[0].texts[0].get_text().split("\n")[0] == "x" * 8


def test_the_corner_is_found_from_one_of_its_planes():
    axes = three_panels([Volume(np.zeros((4, 5, 6)))], Look())
    assert all(corners_of([ax]) == corners_of(axes) for ax in axes)
    assert len(corners_of(axes)) == 1


@pytest.mark.parametrize(
    ("words", "size"),
    [
        ("short", 12),
        ("x" * 40, 120 * (2 + GAP) / 40),
        ("x" * 40 + "\nshort", 120 * (2 + GAP) / 40),
        ("x" * 400, 5),
        ("", 12),
    ],
)
def test_a_title_is_as_large_as_its_panel_admits(words, size):
    ax = plt.figure(figsize=(4, 3)).add_axes((0.25, 0.25, 0.5, 0.5))
    title = ax.set_title(words)
    fit_title(title, ax)
    assert title.get_fontsize() == pytest.approx(size)


def test_a_letter_may_be_as_large_as_its_panel():
    plt.rcParams["axes.titlesize"] = 300
    ax = plt.figure(figsize=(4, 3)).add_axes((0.25, 0.25, 0.5, 0.5))
    title = ax.set_title("x")
    fit_title(title, ax)
    assert title.get_fontsize() == pytest.approx(120 * (2 + GAP))


def test_a_title_has_the_room_of_its_panel_however_narrow_the_picture_is():
    ax = plt.figure(figsize=(4, 3)).add_axes((0.25, 0.25, 0.5, 0.5))
    ax.imshow(np.zeros((30, 3)))
    ax.figure.draw_without_rendering()
    title = ax.set_title("x" * 40)
    fit_title(title, ax)
    assert title.get_fontsize() == pytest.approx(120 * (2 + GAP) / 40)


def test_volumes_have_a_panel_each_and_axes_of_ones_own_are_taken(array):
    assert len(view([array] * 3).axes) == 3
    fig, axes = plt.subplots(1, 3)
    assert view([array] * 3, ax=axes).fig is fig


def test_axes_that_are_not_different_ones_of_one_figure():
    one, other = plt.figure(), plt.figure()
    first, second = one.subplots(1, 2)
    for wrong in ([first, other.subplots()], [first, first], [first, one], [None, None]):
        with pytest.raises(ValueError, match="must be different axes of one figure"):
            check_axes(wrong, 2)
    check_axes([first, second], 2)
    parts = other.subfigures(1, 2)
    check_axes([parts[0].subplots(), parts[1].subplots()], 2)


def test_axes_on_which_no_picture_lies_flat_are_refused_among_others():
    fig = plt.figure()
    flat, round_ = fig.add_subplot(121), fig.add_subplot(122, projection="polar")
    with pytest.raises(ValueError, match="which are polar"):
        check_axes([flat, round_], 2)


@pytest.mark.parametrize("setting", ["figure.autolayout", "figure.constrained_layout.use"])
def test_no_setting_moves_three_planes(setting):
    plt.rcParams[setting] = True
    axes = three_panels([Volume(np.zeros((4, 5, 6)))], Look())
    assert axes[0].figure.get_layout_engine() is None


def test_each_volume_needs_axes():
    _, axes = plt.subplots(1, 2)
    with pytest.raises(ValueError, match=r"^3 volumes need as many axes, got 2$"):
        check_axes(list(axes), 3)


def test_one_name_too_long_for_a_title_brings_all_into_the_corners(array):
    viewer = view([array, array], planes=True, titles=["a", "a name too long"])
    corners = corners_of(viewer.axes)
    assert [corner.texts[0].get_text().split("\n")[0] for corner in corners] == [
        "a",
        "a name too long",
    ]
