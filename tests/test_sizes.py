import numpy as np
import pytest

from slicekit.sizes import (
    FLATTEST,
    LARGEST,
    are_sizes,
    check_affine,
    check_spacing,
    in_bounds,
    is_affine,
    numbers,
    voxel_sizes,
)

AFFINE = np.array([[0, 3, 0, 7], [2, 0, 0, 8], [0, 0, 4, 9], [0, 0, 0, 1]])


def test_a_voxel_is_as_long_as_a_step_in_mm():
    assert voxel_sizes(AFFINE) == pytest.approx([2, 3, 4])


@pytest.mark.parametrize(
    ("place", "value"),
    [((2, 2), 0), ((3, 0), 1), ((3, 3), 0), ((3, 3), 2), ((0, 3), np.inf), ((1, 1), np.nan)],
)
def test_a_matrix_that_leads_nowhere_is_no_affine(place, value):
    wrong = AFFINE.astype(float)
    assert is_affine(wrong)
    wrong[place] = value
    assert is_affine(wrong) is is_affine("RAS") is False


def test_the_last_row_of_an_affine_says_nothing_of_sizes():
    assert voxel_sizes(np.vstack([AFFINE[:3], [1000, 1000, 1000, 1]])) == [2, 3, 4]


def test_the_directions_of_an_affine_may_be_as_long_as_sizes_may_be():
    for size in (1 / LARGEST, LARGEST):
        assert is_affine(np.diag([size, size, size, 1]))
    for size in (0.5 / LARGEST, 2 * LARGEST):
        assert not is_affine(np.diag([1, size, 1, 1]))
    assert not is_affine(np.diag([1, 1, 1, 1, 1]))


def test_three_directions_in_one_plane_are_none_wherever_the_volume_begins():
    flat = np.array([[1, 0, 1, 0], [0, 1, 1, 0], [0, 0, 0, 9], [0, 0, 0, 1.0]])
    assert not is_affine(flat)
    flat[:3, :3] *= 1e-9
    flat[3, 2] = 1e-9  # as good as zero
    assert not is_affine(flat)


def test_an_affine_comes_back_as_real_numbers_or_is_told():
    checked = check_affine(AFFINE.tolist())
    assert checked.dtype == float
    assert checked.tolist() == AFFINE.tolist()
    with pytest.raises(ValueError, match="affine") as fault:
        check_affine("RAS")
    assert str(fault.value) == (
        "affine must be a 4 x 4 matrix with three directions of 1e-12 to 1e+12 mm, and 0, 0, 0, 1 "
        "below, got 'RAS'; leave it out if nobody knows where the volume lies"
    )


@pytest.mark.parametrize("spacing", [(1, 2), (1, 2, 0), (1, 2, 2 * LARGEST), "abc"])
def test_what_are_no_three_sizes_is_told(spacing):
    with pytest.raises(ValueError, match="spacing") as fault:
        check_spacing(spacing)
    assert str(fault.value) == (
        f"spacing must be three sizes of 1e-12 to 1e+12 mm, got {spacing!r}; "
        "leave it out for voxels of 1 x 1 x 1 mm"
    )


def test_sizes_are_those_that_one_can_compute_with():
    for size, sound in ((LARGEST, True), (1 / LARGEST, True), (2 * LARGEST, False)):
        assert in_bounds([size, size]) is sound
    for size in (0, -1, 0.5 / LARGEST, np.nan, np.inf):
        assert in_bounds([1, size]) is in_bounds([size, 1]) is False


def test_a_voxel_may_be_flat_but_not_a_sheet():
    assert are_sizes([1, 1, FLATTEST])
    assert not are_sizes([1, 1, FLATTEST + 1])
    assert are_sizes([10, 10, 10 * FLATTEST])
    assert not are_sizes([0.1, 0.1, 0.1 * FLATTEST + 1])
    assert check_spacing([1, 2, FLATTEST]) == (1, 2, FLATTEST)
    with pytest.raises(ValueError, match="plane sizes") as fault:
        check_spacing([1, FLATTEST + 1, 1], "plane sizes")
    assert str(fault.value) == (
        "plane sizes [1, 10001, 1] is more than 10,000 times larger along one axis than along "
        "another; give all three in mm"
    )


@pytest.mark.parametrize("values", ["RAS", [1, "a"], [[1], [1, 2]], [1j, 2], [True, False], {}])
def test_what_is_no_number_leaves_no_numbers(values):
    assert numbers(values).size == 0


def test_whole_numbers_and_those_in_lists_count_as_numbers():
    for values in ([1, 2], [1.0, 2.0], np.array([1, 2], np.uint8), np.array([1, 2], object)):
        assert numbers(values).tolist() == [1, 2]
        assert numbers(values).dtype == float
