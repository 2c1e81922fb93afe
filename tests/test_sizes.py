import numpy as np
import pytest

from slicekit.sizes import (
    FLATTEST,
    LARGEST,
    are_sizes,
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


def test_sizes_are_those_that_one_can_compute_with():
    for size, sound in ((LARGEST, True), (1 / LARGEST, True), (2 * LARGEST, False)):
        assert in_bounds([size, size]) is sound
    for size in (0, -1, 0.5 / LARGEST, np.nan, np.inf):
        assert in_bounds([1, size]) is in_bounds([size, 1]) is False


def test_a_voxel_may_be_flat_but_not_a_sheet():
    assert are_sizes([1, 1, FLATTEST])
    assert not are_sizes([1, 1, FLATTEST + 1])
    assert check_spacing([1, 2, FLATTEST]) == (1, 2, FLATTEST)
    with pytest.raises(ValueError, match=r"^plane sizes .* more than 10,000 times larger along"):
        check_spacing([1, FLATTEST + 1, 1], "plane sizes")


@pytest.mark.parametrize("values", ["RAS", [1, "a"], [[1], [1, 2]], [1j, 2], [True, False], {}])
def test_what_is_no_number_leaves_no_numbers(values):
    assert numbers(values).size == 0


def test_whole_numbers_and_those_in_lists_count_as_numbers():
    for values in ([1, 2], [1.0, 2.0], np.array([1, 2], np.uint8), np.array([1, 2], object)):
        assert numbers(values).tolist() == [1, 2]
        assert numbers(values).dtype == float
