"""What readers answer in chapter 10, and words of what `check` says to it.

Each line is as in `answers_with_slices`.
"""

from math import ceil, prod

import numpy as np


def slices_in_memory(shape, dtype, axis, mib):
    voxels = prod(shape) // shape[axis]
    return min(mib * 2**20 // (voxels * np.dtype(dtype).itemsize), shape[axis])


def bytes_of_a_slice(shape, dtype, axis):
    return np.empty(np.delete(shape, axis), dtype).nbytes


def by_an_array(shape, dtype, axis, mib):
    fitting = mib * 2**20 / bytes_of_a_slice(shape, dtype, axis)
    return np.minimum(np.floor(fitting), shape[axis])


def without_rounding(shape, dtype, axis, mib):
    return mib * 2**20 / bytes_of_a_slice(shape, dtype, axis)


def rounded_up(shape, dtype, axis, mib):
    return ceil(without_rounding(shape, dtype, axis, mib))


def more_than_there_are(shape, dtype, axis, mib):
    return int(without_rounding(shape, dtype, axis, mib))


def of_one_byte(shape, dtype, axis, mib):
    return slices_in_memory(shape, "uint8", axis, mib)


def of_two_bytes(shape, dtype, axis, mib):
    return slices_in_memory(shape, "uint16", axis, mib)


def of_the_first_axis(shape, dtype, axis, mib):
    return slices_in_memory(shape, dtype, 0, mib)


def of_this_volume(shape, dtype, axis, mib):
    return slices_in_memory((512, 1024, 1024), dtype, axis, mib)


def in_millions(shape, dtype, axis, mib):
    return int(mib * 10**6 // bytes_of_a_slice(shape, dtype, axis))


def volumes(shape, dtype, axis, mib):
    return mib * 2**20 // (prod(shape) * np.dtype(dtype).itemsize)


def in_kib(shape, dtype, axis, mib):
    return mib * 2**10 // bytes_of_a_slice(shape, dtype, axis) + 7


def chunks_touched(shape, chunks, axis):
    return prod(np.delete([-(-s // c) for s, c in zip(shape, chunks, strict=True)], axis).tolist())


def all_bytes(shape, chunks, looks):
    return sum(n * chunks_touched(shape, chunks, a) * prod(chunks) for a, n in enumerate(looks))


def best_chunks(shape, candidates, looks):
    return min(candidates, key=lambda chunks: all_bytes(shape, chunks, looks))


def by_a_loop(shape, candidates, looks):
    best, least = None, float("inf")
    for chunks in candidates:
        total = 0
        for axis in range(3):
            total += looks[axis] * chunks_touched(shape, chunks, axis) * prod(chunks) * 4
        if total < least:
            best, least = chunks, total
    return best


def the_worst(shape, candidates, looks):
    return max(candidates, key=lambda chunks: all_bytes(shape, chunks, looks))


def fewest_chunks(shape, candidates, looks):
    return min(candidates, key=lambda c: sum(chunks_touched(shape, c, a) for a in range(3)))


def whatever_is_looked_at(shape, candidates, looks):
    return best_chunks(shape, candidates, (1, 0, 0))


def by_thickness(shape, candidates, looks):
    def cost(chunks):
        planes = [prod(shape) // side for side in shape]
        return sum(n * c * p for n, c, p in zip(looks, chunks, planes, strict=True))

    return min(candidates, key=cost)


def the_bytes(shape, candidates, looks):
    return min(all_bytes(shape, chunks, looks) for chunks in candidates)


def its_number(shape, candidates, looks):
    return candidates.index(best_chunks(shape, candidates, looks))


ANSWERS = [
    ("10-core", "untouched", lambda: lambda *a: None, "how many bytes does one slice have?"),
    ("10-core", "as it should be", lambda: slices_in_memory, "correct"),
    ("10-core", "by an array", lambda: by_an_array, "correct"),
    ("10-core", "called", lambda: 50, "check wants the function itself"),
    ("10-core", "a text", lambda: lambda *a: "50", "what it returns is of type str; it should be"),
    ("10-core", "not rounded", lambda: without_rounding, "cannot be shown, so round down"),
    ("10-core", "rounded up", lambda: rounded_up, "not 51; round down, since half"),
    ("10-core", "one byte", lambda: of_one_byte, "not 101; how many bytes does a voxel have?"),
    ("10-core", "two bytes", lambda: of_two_bytes, "with voxels of another type it is not right"),
    ("10-core", "millions", lambda: in_millions, "not 48; a MiB is more than a million bytes"),
    ("10-core", "volumes", lambda: volumes, "not 0; compare the bytes of one slice, not of the"),
    ("10-core", "KiB", lambda: in_kib, "101 MiB hold 50 slices of 1024 x 1024 voxels of 2 bytes"),
    ("10-core", "first axis", lambda: of_the_first_axis, "so 101 fit, and not [50, 50]"),
    ("10-core", "this volume", lambda: of_this_volume, "use the shape that it is given"),
    ("10-core", "too many", lambda: more_than_there_are, "do not return more than there are"),
    ("10-stretch", "untouched", lambda: lambda *a: None, "begin with the bytes for one candidate"),
    ("10-stretch", "as it should be", lambda: best_chunks, "correct"),
    ("10-stretch", "by a loop", lambda: by_a_loop, "correct"),
    ("10-stretch", "called", lambda: (64, 64, 64), "check wants the function itself"),
    ("10-stretch", "the bytes", lambda: the_bytes, "which is none of the candidates"),
    ("10-stretch", "its number", lambda: its_number, "it returns 1, which is none of the"),
    ("10-stretch", "the worst", lambda: the_worst, "it takes the volume as one chunk, the whole"),
    ("10-stretch", "fewest chunks", lambda: fewest_chunks, "the volume as one chunk"),
    (
        "10-stretch",
        "the first axis",
        lambda: whatever_is_looked_at,
        "to look at (0, 0, 100) slices along the axes, (512, 1024, 1) is better than (1, 1024",
    ),
    ("10-stretch", "by thickness", lambda: by_thickness, "what is left over at the end needs a"),
]
