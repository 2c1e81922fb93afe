"""What readers answer in chapter 09, and words of what `check` says to it.

Each line is as in `answers_with_slices`.
"""

from dataclasses import replace

import nibabel
import numpy as np

from slicekit import Volume, view
from slicekit.orientation import axis_codes, position_of, voxel_at

PLAIN = Volume(np.arange(4 * 5 * 6).reshape(4, 5, 6), affine=np.eye(4))


def value_at(volume, position):
    return volume[voxel_at(volume, position)]


def by_inverse(volume, position):
    place = nibabel.affines.apply_affine(np.linalg.inv(volume.affine), position)
    plane, row, column = np.rint(place).astype(int)
    return np.asarray(volume)[plane, row, column]


def through_a_viewer(volume, position):
    viewer = view(volume, planes=True)
    viewer.position = position
    return viewer.volume[viewer.voxel]


def cut_off(volume, position):
    return volume[tuple(np.linalg.solve(volume.affine, [*position, 1])[:3].astype(int))]


def without_directions(volume, position):
    offset = np.subtract(position, volume.affine[:3, 3])
    return volume[tuple(np.rint(offset / volume.spacing).astype(int))]


def only_sizes(volume, position):
    return volume[tuple(np.rint(np.divide(position, volume.spacing)).astype(int))]


def only_signs(volume, position):
    steps = np.diag(volume.affine)[:3]
    steps = np.where(steps == 0, 1, steps)
    place = np.rint((np.asarray(position) - volume.affine[:3, 3]) / steps).astype(int)
    return volume[tuple(place % volume.shape)]


def forwards(volume, position):
    return volume[tuple(position_of(volume, np.rint(position)).astype(int))]


def of_another(volume, position):
    return PLAIN[voxel_at(PLAIN, position)]


def with_a_list(volume, position):
    return volume[list(voxel_at(volume, position))]


def one_by_one(volume, position):
    plane, row, _ = voxel_at(volume, position)
    return volume[plane, row]


def to_ras(volume):
    array, affine = np.asarray(volume), volume.affine.copy()
    for axis, code in enumerate(axis_codes(affine)):
        if code in "LPI":
            array = np.flip(array, axis)
            affine[:3, 3] += (volume.shape[axis] - 1) * affine[:3, axis]
            affine[:3, axis] *= -1
    return Volume(array, volume.spacing, affine)


def with_nibabel(volume):
    image = nibabel.Nifti1Image(np.asarray(volume), volume.affine, dtype=np.int64)
    turned = nibabel.as_closest_canonical(image)
    return Volume(np.asanyarray(turned.dataobj), volume.spacing, turned.affine)


def wrong_axis(volume):
    found = to_ras(volume)
    backwards = sum(code in "LPI" for code in axis_codes(volume.affine))
    return replace(found, array=np.asarray(volume)[:: (-1) ** backwards])


def always_the_first(volume):
    affine = volume.affine.copy()
    affine[:3, 3] = position_of(volume, (volume.shape[0] - 1, 0, 0))
    affine[:, 0] *= -1
    return Volume(np.asarray(volume)[::-1], volume.spacing, affine)


def array_and_affine(volume):
    found = to_ras(volume)
    return found.array, found.affine


def only_the_affine(volume):
    return replace(volume, affine=to_ras(volume).affine)


def only_the_array(volume):
    return replace(volume, array=to_ras(volume).array)


def only_the_steps(volume):
    affine = to_ras(volume).affine
    affine[:3, 3] = volume.affine[:3, 3]
    return Volume(to_ras(volume).array, volume.spacing, affine)


def in_place(volume):
    found = to_ras(volume)
    volume.affine[:] = found.affine
    return found


def without_spacing(volume):
    found = to_ras(volume)
    return Volume(found.array, affine=found.affine)


ANSWERS = [
    ("09-core", "untouched", lambda: lambda volume, position: None, "find the voxel, then its"),
    ("09-core", "as it should be", lambda: value_at, "correct"),
    ("09-core", "by the inverse", lambda: by_inverse, "correct"),
    ("09-core", "through a viewer", lambda: through_a_viewer, "correct"),
    ("09-core", "called", lambda: None, "check wants the function itself"),
    ("09-core", "the voxel", lambda: voxel_at, "it returns a voxel or a place"),
    ("09-core", "the way there", lambda: position_of, "it returns a voxel or a place"),
    ("09-core", "two indices", lambda: one_by_one, "it returns 9 values; a voxel takes three"),
    ("09-core", "a list", lambda: with_a_list, "three indices at once, a tuple"),
    ("09-core", "of another volume", lambda: of_another, "from two volumes that differ; ask"),
    (
        "09-core",
        "always the first",
        lambda: lambda volume, position: volume[0, 0, 0],
        "voxels of 1 mm that begin at 0: (1, 2, 3) holds 84, not 0",
    ),
    ("09-core", "cut off", lambda: cut_off, "does not return the value of the nearest"),
    ("09-core", "only sizes", lambda: only_sizes, "where the first voxel does not lie"),
    ("09-core", "no directions", lambda: without_directions, "where the first axis runs to the"),
    ("09-core", "signs", lambda: only_signs, "where the axes come in another order, it returns"),
    ("09-core", "forwards", lambda: forwards, "this fails with IndexError"),
    ("09-stretch", "untouched", lambda: lambda volume: None, "the function returns no volume yet"),
    ("09-stretch", "as it should be", lambda: to_ras, "correct"),
    ("09-stretch", "with nibabel", lambda: with_nibabel, "correct"),
    ("09-stretch", "called", lambda: None, "check wants the function itself"),
    (
        "09-stretch",
        "the array",
        lambda: lambda volume: to_ras(volume).array,
        "what comes back is of type ndarray; it should be a Volume",
    ),
    (
        "09-stretch",
        "as it was",
        lambda: lambda volume: volume,
        "from a volume that runs LAS it makes one that runs LAS",
    ),
    (
        "09-stretch",
        "no affine",
        lambda: lambda volume: Volume(to_ras(volume).array, volume.spacing),
        "from a volume that runs LAS it makes one that runs nowhere",
    ),
    ("09-stretch", "a tuple", lambda: array_and_affine, "what comes back is of type tuple; it"),
    ("09-stretch", "always turned", lambda: always_the_first, "RAS it makes one that runs LAS"),
    ("09-stretch", "another axis", lambda: wrong_axis, "LPS: ends have changed places"),
    ("09-stretch", "only the array", lambda: only_the_array, "it makes one that runs LAS"),
    ("09-stretch", "only the affine", lambda: only_the_affine, "LAS: ends have changed places"),
    ("09-stretch", "only the steps", lambda: only_the_steps, "LAS: the head has moved, by [8.0,"),
    ("09-stretch", "in place", lambda: in_place, "take a copy of it"),
    ("09-stretch", "no spacing", lambda: without_spacing, "the voxels were (2.0, 3.0, 1.5) mm"),
]
