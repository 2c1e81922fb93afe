"""What readers answer in chapters 01 to 04, and words of what `check` says to it.

Each line: the exercise, what somebody did, the answer, the words. An answer is a function without
arguments, called when it is needed; several answers are a tuple.
"""

import matplotlib.pyplot as plt
import numpy as np

import checks
import slicekit

ASTRONAUT = checks.data.astronaut()
volume = checks._quietly_loaded()
array = np.asarray(volume)
voxels = 157 * 189 * 68


def show(image, aspect=0.5, **options):
    """Show an image as the cells of chapters 03 and 04 do."""
    return plt.subplots()[1].imshow(image, aspect=aspect, **options)


def white(value, black=0):
    return show(array[75], vmin=black, vmax=value)


def upright(index=60, image=None, aspect=2, axis=1, **options):
    return show(volume.plane(index, axis).T if image is None else image, aspect, **options)


def turned_round(*axes):
    im = upright()
    for axis in axes:
        getattr(im.axes, f"invert_{axis}axis")()
    return im


def turn(array=lambda volume: volume.array.T, spacing=lambda volume: volume.spacing[::-1]):
    """Return a function as in the exercise, with an array and a spacing of somebody's own."""
    return lambda volume: slicekit.Volume(array(volume), spacing(volume))


ANSWERS = [
    ("01-core", "untouched", lambda: ASTRONAUT[...], "put rows and columns in place of the dots"),
    ("01-core", "columns first", lambda: ASTRONAUT[260:430, 330:500], "rows and columns are exch"),
    ("01-core", "end counted", lambda: ASTRONAUT[330:501, 260:431], "the end of a slice does not"),
    ("01-core", "from 1", lambda: ASTRONAUT[329:500, 259:430], "too many; the end of a slice does"),
    ("01-core", "one later", lambda: ASTRONAUT[331:501, 261:431], "as large as the helmet, but"),
    ("01-core", "rows alone", lambda: ASTRONAUT[330:500], "this has shape (170, 512, 3); rows"),
    ("01-core", "one colour", lambda: ASTRONAUT[330:500, 260:430, 0], "this has shape (170, 170)"),
    ("01-core", "two brackets", lambda: ASTRONAUT[330:500][260:430], "one pair of brackets"),
    ("01-core", "minus", lambda: ASTRONAUT[330 - 500, 260 - 430], "this is a single pixel"),
    ("01-core", "None", lambda: None, "this is None; it should be a piece of the array"),
    (
        "01-core",
        "the image",
        lambda: show(ASTRONAUT[330:500, 260:430]),
        "this is of type AxesImage",
    ),
    ("01-core", "a third colon", lambda: ASTRONAUT[330:500, 260:430, :], "correct"),
    ("01-core", "slice()", lambda: ASTRONAUT[slice(330, 500), slice(260, 430)], "correct"),
    ("01-core", "in steps", lambda: ASTRONAUT[330:500][:, 260:430].copy(), "correct"),
    ("01-stretch", "untouched", lambda: ASTRONAUT[...], "put a slice with a negative step"),
    ("01-stretch", "columns", lambda: ASTRONAUT[:, ::-1], "left and right are exchanged"),
    ("01-stretch", "both", lambda: ASTRONAUT[::-1, ::-1], "turned half round"),
    ("01-stretch", "np.flip", lambda: np.flip(ASTRONAUT), "order of the colours is reversed"),
    ("01-stretch", "colours", lambda: ASTRONAUT[:, :, ::-1], "order of the colours is reversed"),
    (
        "01-stretch",
        "last row",
        lambda: ASTRONAUT[-1],
        "this has shape (512, 3); for all rows, give",
    ),
    ("01-stretch", "without row 0", lambda: ASTRONAUT[511:0:-1], "without a start or an end"),
    ("01-stretch", "every second", lambda: ASTRONAUT[::-2], "this has shape (256, 512, 3)"),
    ("01-stretch", "turned", lambda: ASTRONAUT.T, "this has shape (3, 512, 512)"),
    ("01-stretch", "None", lambda: None, "this is None; it should be the photograph"),
    ("01-stretch", "image", lambda: show(ASTRONAUT, origin="lower"), "it should be the photograph"),
    ("01-stretch", "np.flipud", lambda: np.flipud(ASTRONAUT), "correct"),
    ("01-stretch", "reversed", lambda: list(reversed(ASTRONAUT)), "correct"),
    ("02-core", "untouched", lambda: ..., "put a calculation in place of the dots: number of"),
    ("02-core", "no spacing", lambda: voxels / 1e6, "multiply by the size of one voxel"),
    ("02-core", "summed", lambda: voxels * sum(volume.spacing) / 1e6, "that adds the three sizes"),
    ("02-core", "mm", lambda: voxels * 2.0, "cubic millimetres; a litre is a million"),
    ("02-core", "ml", lambda: voxels * 2.0 / 1e3, "in millilitres"),
    (
        "02-core",
        "np.sum",
        lambda: np.sum(volume.shape) * 2 / 1e6,
        "0.000828 is not right; multiply",
    ),
    ("02-core", "no np.prod", lambda: voxels * np.array(volume.spacing) / 1e6, "np.prod makes one"),
    ("02-core", "words", lambda: "4.04 litres", "this is of type str; it should be one number"),
    ("02-core", "None", lambda: None, "this is None; it should be one number"),
    ("02-core", "from the array", lambda: array.size * 2 / 10**6, "correct"),
    ("02-core", "from lengths", lambda: 157 * 0.189 * 68 * 2 / 1000, "correct"),
    ("02-core", "rounded", lambda: round(voxels * 2 / 1e6, 2), "correct"),
    ("02-stretch", "untouched", lambda: ..., "begin with a comparison, struct_arr < 20"),
    ("02-stretch", "compared", lambda: array < 20, "now count, with .sum() or .mean()"),
    ("02-stretch", "mean first", lambda: array.mean() < 20, "compares a single number with 20"),
    ("02-stretch", "count", lambda: (array < 20).sum(), "divide by the number of all voxels"),
    ("02-stretch", "len", lambda: (array < 20).sum() / len(array), ".size counts all voxels"),
    ("02-stretch", "bright", lambda: 1 - (array < 20).mean(), "the part which is not dark"),
    ("02-stretch", ">", lambda: (array > 20).mean(), "the part which is not dark"),
    ("02-stretch", "percent", lambda: 100 * (array < 20).mean(), "that is in percent"),
    ("02-stretch", "values", lambda: array[array < 20].mean(), "the mean value of the dark voxels"),
    ("02-stretch", "<=", lambda: (array <= 20).mean(), "darker than 20 is < 20"),
    ("02-stretch", "slice", lambda: (array[75] < 20).mean(), "0.108154 is not right; count"),
    ("02-stretch", "words", lambda: "a quarter", "this is of type str"),
    ("02-stretch", "division", lambda: np.sum(array < 20) / array.size, "correct"),
    ("02-stretch", "len of the dark", lambda: len(array[array < 20]) / voxels, "correct"),
    ("02-stretch", "rounded", lambda: round((array < 20).mean(), 2), "correct"),
    ("03-core", "untouched", lambda: show(volume.plane(75)), "this is still a slice along axis 0"),
    ("03-core", "no axis", lambda: show(volume.plane(34)), "this is still a slice along axis 0"),
    ("03-core", "one less", lambda: show(volume.plane(33, 2), 1), "this is not slice 34 along"),
    ("03-core", "other axis", lambda: show(volume.plane(34, 1), 0.5), "this is not slice 34 along"),
    ("03-core", "turned", lambda: show(volume.plane(34, 2).T, 1), "but transposed"),
    ("03-core", "old aspect", lambda: show(volume.plane(34, 2)), "the aspect is still 0.5"),
    ("03-core", "auto", lambda: show(volume.plane(34, 2), "auto"), "the aspect is still auto"),
    ("03-core", "the axes", lambda: show(volume.plane(34, 2)).axes, "this is of type Axes"),
    ("03-core", "set_aspect's None", lambda: None, "this is None; it should be the image, which"),
    ("03-core", "colons", lambda: show(array[:, :, 34], 1), "correct"),
    ("03-core", "square by default", lambda: show(volume.plane(34, -1), "equal"), "correct"),
    ("03-stretch", "untouched", lambda: white(array.max()), "change the first line"),
    ("03-stretch", "slice", lambda: white(np.percentile(array[75], 99)), "of the whole volume"),
    ("03-stretch", "0.99", lambda: white(np.percentile(array, 0.99)), "counts from 0 to 100"),
    ("03-stretch", "of the max", lambda: white(0.99 * array.max()), "np.percentile counts voxels"),
    (
        "03-stretch",
        "99",
        lambda: white(99),
        "white is 99, which is not the percentile; give it the",
    ),
    ("03-stretch", "black", lambda: white(np.percentile(array, 99), 5), "black has changed"),
    ("03-stretch", "the number", lambda: np.percentile(array, 99), "as imshow returns it"),
    ("03-stretch", "quantile", lambda: white(np.quantile(array, 0.99)), "correct"),
    ("03-stretch", "sorted", lambda: white(np.sort(array.ravel())[int(0.99 * voxels)]), "correct"),
    (
        "04-core",
        "untouched",
        lambda: upright(image=volume.plane(120, 1)),
        "change the number first",
    ),
    ("04-core", "61", lambda: upright(61), "this is not slice 60 along axis 1"),
    ("04-core", "axis 0", lambda: upright(axis=0), "this is not slice 60 along axis 1"),
    ("04-core", "number", lambda: upright(image=volume.plane(60, 1)), "transpose it with .T"),
    ("04-core", "squashed", lambda: upright(aspect=0.5, origin="lower"), "the head is squashed"),
    ("04-core", "upper", lambda: upright(), "on its top; which origin"),
    ("04-core", "square", lambda: upright(aspect=1, origin="lower"), "the aspect is 1"),
    ("04-core", "auto", lambda: upright(aspect="auto", origin="lower"), "the aspect is auto"),
    ("04-core", "half", lambda: upright(image=array[::-1, 60, ::-1].T), "left and right are exch"),
    ("04-core", "x axis", lambda: turned_round("x"), "on its top; which origin"),
    ("04-core", "both axes", lambda: turned_round("x", "y"), "left and right are exchanged"),
    ("04-core", "the array", lambda: volume.plane(60, 1).T, "the image that imshow returned"),
    ("04-core", "2", lambda: upright(image=array[:, 60].T, origin="lower"), "correct"),
    ("04-core", "rot90", lambda: upright(image=np.rot90(volume.plane(60, 1))), "correct"),
    ("04-core", "invert_yaxis", lambda: turned_round("y"), "correct"),
    ("04-stretch", "untouched", lambda: turn(np.asarray, lambda v: v.spacing), "is not turned; .T"),
    (
        "04-stretch",
        "array",
        lambda: turn(spacing=lambda v: v.spacing),
        "the spacing is not; it wants",
    ),
    ("04-stretch", "spacing", lambda: turn(np.asarray), "the array is not turned"),
    ("04-stretch", "permuted", lambda: turn(lambda v: v.array.transpose(2, 0, 1)), "another way"),
    (
        "04-stretch",
        "sorted",
        lambda: turn(spacing=lambda v: sorted(v.spacing)[::-1]),
        "reverse its order",
    ),
    (
        "04-stretch",
        "chapter's",
        lambda: turn(spacing=lambda v: (2, 1, 1)),
        "becomes (2.0, 1.0, 1.0)",
    ),
    ("04-stretch", "chapter's array", lambda: turn(lambda v: array.T), "turns another volume"),
    ("04-stretch", "no return", lambda: lambda volume: None, "what turned returns is None"),
    ("04-stretch", "only the array", lambda: lambda v: np.asarray(v).T, "is of type ndarray"),
    ("04-stretch", "called", lambda: turn()(volume), "without brackets behind it"),
    ("04-stretch", "misspelt", lambda: lambda v: spacing2, "fails with NameError"),  # noqa: F821
    ("04-stretch", "volume.T", lambda: lambda v: v.T, "AttributeError: 'Volume' object has no"),
    ("04-stretch", "transpose", lambda: turn(lambda v: np.transpose(v, (2, 1, 0))), "correct"),
    (
        "04-stretch",
        "by hand",
        lambda: turn(spacing=lambda v: [v.spacing[i] for i in (2, 1, 0)]),
        "correct",
    ),
]
