"""What can be shown, told by what it can do; stand-ins for libraries that need not be there."""

import subprocess
import sys
import types
from dataclasses import FrozenInstanceError, replace
from itertools import permutations, product

import matplotlib.pyplot as plt
import nibabel
import numpy as np
import pytest
import tifffile
from test_volume import OnePlaneAtATime

from slicekit import Volume, press, sources, view
from slicekit.ahead import Ahead
from slicekit.files import read_series
from slicekit.sources import as_volume, one_or_several, open_source, three_axes


@pytest.fixture
def volume():
    return np.arange(11 * 5 * 6, dtype=np.int16).reshape(11, 5, 6)


def works(data, array, **options):
    """Show it, step through it, and compare what is shown with the array."""
    viewer = view(data, **options)
    for key, index in (("home", 0), ("k", 1), ("end", len(array) - 1)):
        press(viewer.fig, key)
        assert np.array_equal(viewer.im.get_array(), array[index])
    press(viewer.fig, "a")
    assert np.array_equal(viewer.im.get_array(), array[:, array.shape[1] // 2])
    return viewer


def test_arrays_of_numpy(volume, tmp_path):
    np.save(tmp_path / "volume.npy", volume)
    mapped = np.load(tmp_path / "volume.npy", mmap_mode="r")
    for data in (volume, volume[::-1][::-1], np.asfortranarray(volume), mapped):
        assert works(data, volume).im.get_clim() == (0, 329)
    works(np.ma.masked_equal(volume, 7), volume)
    assert not mapped.flags.writeable


def test_a_file(volume, tmp_path):
    path = tmp_path / "scan.nii.gz"
    nibabel.save(nibabel.Nifti1Image(volume, np.diag([2, 3, 4, 1])), path)
    for name in (path, str(path)):
        viewer = works(name, volume)
        assert viewer.volume.spacing == (2, 3, 4)
    assert viewer.ax.get_title() == "2 / 4, 6 mm"


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz"])
def test_an_image_of_nibabel(volume, tmp_path, suffix):
    affine = np.diag([2.0, 3, 4, 1])
    works(nibabel.Nifti1Image(volume, affine), volume)
    series = nibabel.Nifti1Image(np.stack([volume, -volume], axis=-1), affine)
    nibabel.save(series, tmp_path / f"series{suffix}")
    viewer = view(nibabel.load(tmp_path / f"series{suffix}"), index=4)
    assert viewer.volume.spacing == (2, 3, 4)
    press(viewer.fig, "t")
    assert np.array_equal(viewer.im.get_array(), -volume[4])
    assert viewer.ax.get_title() == "4 / 10, 8 mm, t 1 / 1"


@pytest.mark.parametrize("name", ["scan.nii.gz", "scan.nii.bz2", "scan.mgz", "scan.MGZ"])
def test_a_compressed_image_is_unpacked_once(volume, tmp_path, name):
    """Or each slice would unpack the whole file."""
    kind = nibabel.MGHImage if name.lower().endswith("mgz") else nibabel.Nifti1Image
    nibabel.save(kind(volume, np.eye(4)), tmp_path / name)
    array = open_source(nibabel.load(tmp_path / name)).array
    assert isinstance(array, np.ndarray)
    assert np.array_equal(array, volume)


@pytest.mark.parametrize("suffix", [".nii", ".nii.gz", ".tif"])
def test_a_file_with_time(volume, tmp_path, suffix):
    path = tmp_path / f"film{suffix}"
    if suffix == ".tif":
        tifffile.imwrite(path, np.stack([volume, -volume]), metadata={"axes": "TZYX"})
    else:
        film = np.stack([volume, -volume], axis=-1)
        nibabel.save(nibabel.Nifti1Image(film, np.diag([2, 3, 4, 1])), path)
    viewer = view(path, index=4)
    press(viewer.fig, "t")
    assert np.array_equal(viewer.im.get_array(), -volume[4])
    assert viewer.at == {"t": 1}
    if suffix != ".tif":
        assert viewer.volume.spacing == (2, 3, 4)
        one = np.zeros((3, 4, 5, 1, 1), np.int16)
        nibabel.save(nibabel.Nifti1Image(one, np.eye(4)), path)
        assert view(path).volume.shape == (3, 4, 5)


def test_panels_tell_their_own_millimetres(volume):
    one, two = (nibabel.Nifti1Image(volume, np.diag([mm, 1, 1, 1])) for mm in (2, 4))
    viewer = view([one, two], index=3)
    assert [ax.get_title() for ax in viewer.axes] == ["3 / 10, 6 mm", "3 / 10, 12 mm"]


class FakeSitk:
    """A SimpleITK image, as far as we ask it: sizes in x, y, z; memory that is its own."""

    def __init__(self, array):
        self._array = array

    GetSpacing = staticmethod(lambda: (4.0, 3.0, 2.0))
    GetOrigin = staticmethod(lambda: (10.0, 20.0, 30.0))
    GetDirection = staticmethod(lambda: (1.0, 0, 0, 0, 1, 0, 0, 0, 1))
    GetPixelIDTypeAsString = staticmethod(lambda: "16-bit signed integer")


def test_an_image_of_simpleitk(volume, monkeypatch):
    library = types.ModuleType("fakesitk")
    library.GetArrayViewFromImage = lambda image: image._array
    monkeypatch.setitem(sys.modules, "fakesitk", library)
    monkeypatch.setattr(FakeSitk, "__module__", "fakesitk.inside")
    image = FakeSitk(volume)
    viewer = works(image, volume)
    assert viewer.volume.spacing == (2, 3, 4)
    # the first voxel is at (10, 20, 30) with x to the left and y to the back: RAS turns both
    assert np.allclose(viewer.volume.affine @ [0, 0, 0, 1], [-10, -20, 30, 1])
    assert np.allclose(viewer.volume.affine @ [1, 0, 0, 1], [-10, -20, 32, 1])
    assert np.allclose(viewer.volume.affine @ [0, 0, 1, 1], [-14, -20, 30, 1])
    assert viewer.volume.array.owner is image  # or its memory would be gone


def test_a_label_map_of_simpleitk_is_not_asked_for_its_array(volume, monkeypatch):
    monkeypatch.setattr(FakeSitk, "GetPixelIDTypeAsString", lambda image: "label of 8-bit integer")
    words = "^a SimpleITK image of label of 8-bit integer has no array; see sitk.LabelMapToLabel$"
    with pytest.raises(ValueError, match=words):
        view(FakeSitk(volume))  # its library is not even looked for: it would end Python


class Measured:
    """A quantity: an array, and a unit of it."""

    def __init__(self, array, **names):
        self.__dict__ |= {
            name: array if value == "array" else value for name, value in names.items()
        }


@pytest.mark.parametrize(
    "names",
    [{"magnitude": "array", "units": "mm"}, {"value": "array", "unit": "mm", "to_value": None}],
    ids=["pint", "astropy"],
)
def test_a_quantity_is_shown_without_its_unit(volume, names):
    works(Measured(volume, **names), volume)


@pytest.mark.parametrize("axes", list(permutations(range(3))))
def test_simpleitk_and_nibabel_agree_on_every_direction(volume, monkeypatch, axes):
    library = types.ModuleType("fakesitk")
    library.GetArrayViewFromImage = lambda image: image._array
    monkeypatch.setitem(sys.modules, "fakesitk", library)
    monkeypatch.setattr(FakeSitk, "__module__", "fakesitk.inside")
    for signs in product((1, -1), repeat=3):
        direction = np.eye(3)[:, axes] * signs
        monkeypatch.setattr(FakeSitk, "GetDirection", lambda image, d=direction: tuple(d.ravel()))
        affine = np.eye(4)  # as the library has it: from x, y, z, to left, back and up
        affine[:3, :3], affine[:3, 3] = direction * (4, 3, 2), (10, 20, 30)
        affine = np.diag([-1, -1, 1, 1]) @ affine
        image = nibabel.Nifti1Image(volume.T, affine)
        one, other = view(FakeSitk(volume), planes=True), view(image, planes=True)
        for left, right in zip(one.pictures, other.pictures, strict=True):
            assert (left.ax.get_xlim(), left.ax.get_ylim()) == (
                right.ax.get_xlim(),
                right.ax.get_ylim(),
            )
            assert np.array_equal(left.im.get_array(), right.im.get_array())
            assert left.ax.get_aspect() == right.ax.get_aspect()
        assert np.allclose(one.position, other.position)
        plt.close("all")


class FakeTensor:
    """A tensor that wants to be detached and brought home before it is an array."""

    def __init__(self, array, home=False):
        self._array, self.home, self.shape, self.dtype = array, home, array.shape, "torch.int16"

    def __getitem__(self, where):
        return FakeTensor(self._array[where], self.home)

    def __array__(self, *args, **kwargs):
        assert self.home == "detached and here"
        return self._array

    def detach(self):
        return FakeTensor(self._array, "detached")

    def cpu(self):
        return FakeTensor(self._array, f"{self.home} and here")


def test_a_tensor(volume):
    works(FakeTensor(volume), volume)


class Coordinate:
    def __init__(self, values):
        self.values = np.asarray(values)


class FakeXarray:
    """A labelled array."""

    def __init__(self, array, dims, **coords):
        self._array, self.dims, self.shape, self.dtype = array, dims, array.shape, array.dtype
        self.coords = {name: Coordinate(values) for name, values in coords.items()}

    def __getitem__(self, where):
        return self._array[where]


def test_a_labelled_array(volume):
    even = {"z": np.arange(11) * 2, "y": np.arange(5) * -3.0, "x": np.arange(6) * 4}
    labelled = FakeXarray(volume, ("z", "y", "x"), **even)
    assert works(labelled, volume).volume.spacing == (2, 3, 4)
    some = FakeXarray(volume, ("z", "y", "x"), x=np.arange(6) * 1e-6)
    assert view(some).volume.spacing == (1, 1, 1)
    uneven = FakeXarray(volume, ("z", "y", "x"), **even | {"z": np.arange(11) ** 2})
    assert view(uneven).volume.spacing == (1, 1, 1)
    film = FakeXarray(np.stack([volume, -volume]), ("time", "z", "y", "x"), **even)
    viewer = view(film)
    press(viewer.fig, "t")
    assert np.array_equal(viewer.im.get_array(), -volume[5])
    assert viewer.ax.get_title() == "5 / 10, time 1 / 1"


def test_a_lazy_array_of_many_axes_is_never_read_whole(volume):
    lazy = OnePlaneAtATime(np.stack([volume] * 7))
    viewer = view(lazy, dims="tzyx", overlay=OnePlaneAtATime(volume > 100), colorbar=True)
    for key in ("k", "t", "a", "m", "]"):
        press(viewer.fig, key)
    assert all(sum(isinstance(part, int) for part in where) == 2 for where in lazy.read)
    assert len({where[0] for where in lazy.read[:9]}) > 4  # the contrast is not that of one moment


def test_contrast_of_a_lazy_array_comes_from_planes_all_over(volume):
    viewer = view(OnePlaneAtATime(volume), axis=1)
    assert viewer.im.get_clim() == (0, 329)
    assert len(viewer.volume.array.read) == 5  # no slice is read twice
    assert view(OnePlaneAtATime(volume), clim=("0%", "100%")).im.get_clim() == (0, 329)


@pytest.mark.parametrize(
    ("names", "wanted", "shown"),
    [
        ("zyx", None, (0, 1, 2)),
        ("xyzt", None, (0, 1, 2)),
        ("tczyx", None, (2, 3, 4)),
        ("tcyx", None, (0, 2, 3)),
        ("tczyx", 0, (0, 3, 4)),
        (["time", "level", "lat", "lon"], None, (1, 2, 3)),
        (["channel", "time", "row", "col"], None, (1, 2, 3)),
        (["level", "lat", "lon", "xray"], None, (1, 2, 3)),
        ("TZYX", None, (1, 2, 3)),
        ("zyxT", 3, (1, 2, 3)),
        ("zqyx", None, (0, 2, 3)),  # those of space before one of an unknown name
    ],
)
def test_which_three_axes_are_shown(names, wanted, shown):
    assert three_axes(list(names), wanted) == shown


def test_spacing_for_three_axes_or_for_all(volume):
    film = np.stack([volume] * 2)
    for spacing in ((2, 3, 4), (9, 2, 3, 4)):
        assert view(film, dims="tzyx", spacing=spacing).volume.spacing == (2, 3, 4)
    known = Volume(volume, (1, 1, 2), np.eye(4))
    told = view(known, spacing=(5, 5, 5))
    assert told.volume.spacing == (5, 5, 5)
    assert np.array_equal(told.volume.affine, np.diag([5, 5, 5, 1]))  # the directions stay
    assert view(known).volume.affine is not None


def test_axes_with_the_same_first_letter_have_different_keys(volume):
    many = np.stack([np.stack([volume, volume + 1])] * 2)
    viewer = view(many, dims=["time", "trial", "z", "y", "x"])
    press(viewer.fig, "r")
    assert viewer.at == {"time": 0, "trial": 1}
    member = view(np.stack([volume] * 2), dims=["member", "z", "y", "x"])
    press(member.fig, "e")
    assert member.at == {"member": 1}


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.zeros((3, 4, 5), complex), "complex128 have no grey.*np.abs"),
        (np.full((3, 4, 5), "a"), "have no grey"),
        (np.zeros((3, 4, 5), object), "have no grey"),
        (np.zeros((0, 4, 5)), "there is nothing in a volume of shape"),
    ],
)
def test_what_has_no_grey(array, words):
    with pytest.raises(ValueError, match=words):
        view(array)


def test_none_of_the_libraries_is_imported():
    code = (
        "import sys, numpy as np, matplotlib; matplotlib.use('agg')\n"
        "import slicekit; slicekit.view(np.zeros((3, 4, 5)))\n"
        "names = 'nibabel SimpleITK torch xarray h5py zarr dask skimage'.split()\n"
        "print([name for name in names if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_an_overlay_for_all_panels_is_opened_once(volume, tmp_path, monkeypatch):
    path = tmp_path / "labels.nii.gz"
    nibabel.save(nibabel.Nifti1Image(volume, np.eye(4)), path)
    opened = []
    monkeypatch.setattr(sources, "read_series", lambda p: opened.append(p) or read_series(p))
    viewer = view([volume, volume], overlay=path, contours=path, index=3)
    assert opened == [path, path]
    assert all(np.array_equal(ax.images[1].get_array(), volume[3]) for ax in viewer.axes)


# ---- what is known of an array


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        (lambda a: a, False),
        (lambda a: Volume(a, (2, 3, 4), name="head"), True),
        (lambda a: FakeXarray(a, ("z", "y", "x")), True),
    ],
)
def test_whether_something_knows_its_spacing(volume, kind, known):
    assert as_volume(kind(volume), {})[1:] == (0, known)
    for told in ({"spacing": (1, 1, 1)}, {"affine": np.eye(4)}, {"offset": (0, 0, 0)}):
        assert as_volume(volume, {}, **told)[1:] == (0, True)


def test_an_array_has_no_name_and_a_volume_keeps_its_own(volume):
    assert as_volume(volume, {})[0].name == ""
    assert as_volume(Volume(volume, name="head"), {})[0].name == "head"
    film = as_volume(np.stack([volume] * 2), {}, dims="tzyx")[0]
    assert (film.name, film.names, film.spacing, film.affine) == ("", (*"tzyx",), (1, 1, 1), None)


def test_a_file_names_its_axes_from_the_fourth_on(volume, tmp_path):
    affine = np.diag([2.0, 3, 4, 1])
    nibabel.save(
        nibabel.Nifti1Image(np.stack([volume] * 2, axis=-1), affine), tmp_path / "film.nii"
    )
    at = {}
    film, position, known = as_volume(tmp_path / "film.nii", at)
    assert (film.names, film.shown, at, position, known) == (
        (*"xyzt",),
        (0, 1, 2),
        {"t": 0},
        0,
        True,
    )
    assert (film.spacing, film.name) == ((2, 3, 4), "film.nii")
    assert np.array_equal(film.affine, affine)
    assert open_source(tmp_path / "film.nii").spacing == (2, 3, 4, 1)
    along = as_volume(tmp_path / "film.nii", {}, axis="t")[0]
    assert along.spacing == (3, 4, 1)  # y, z and time
    assert along.affine is None


@pytest.mark.parametrize(
    ("make", "ahead"),
    [(lambda path, a: a, False), (lambda path, a: mapped(path, a), True)],
)
def test_only_what_is_in_memory_is_not_read_ahead(volume, tmp_path, make, ahead):
    array = open_source(make(tmp_path / "volume.npy", volume)).array
    assert isinstance(array, Ahead) == ahead


def mapped(path, array):
    np.save(path, array)
    return np.load(path, mmap_mode="r")


def test_what_is_read_ahead_for_another_viewer_is_read_once_more(volume, tmp_path):
    source = mapped(tmp_path / "volume.npy", volume)
    first = open_source(source).array
    second = open_source(first).array
    assert second is not first
    assert second.array is source


def test_a_source_and_a_series_stay_as_they_are(volume):
    film = as_volume(np.stack([volume] * 2), {}, dims="tzyx")[0]
    for thing, name in ((film, "spacing"), (open_source(volume), "name")):
        with pytest.raises(FrozenInstanceError):
            setattr(thing, name, "other")
    assert film in {film}  # and is like nothing but itself
    assert film != replace(film)


# ---- images of SimpleITK and arrays of xarray


def test_an_image_of_simpleitk_with_time_knows_sizes_and_no_directions(volume, monkeypatch):
    library = types.ModuleType("fakesitk")
    library.GetArrayViewFromImage = lambda image: image._array
    monkeypatch.setitem(sys.modules, "fakesitk", library)
    monkeypatch.setattr(FakeSitk, "__module__", "fakesitk.inside")
    monkeypatch.setattr(FakeSitk, "GetSpacing", lambda image: (4.0, 3.0, 2.0, 9.0))
    film = as_volume(FakeSitk(np.stack([volume] * 2)), {}, dims="tzyx")[0]
    assert (film.spacing, film.affine) == ((2, 3, 4), None)


@pytest.mark.parametrize(
    ("places", "step"),
    [
        ([0, 2], 2),
        ([4, 2], 2),
        ([0.0, 2, 4.001], 2),  # as even as a thousandth
        ([0.0, 2, 4.01], None),
        ([0, 2, 5], None),
        ([3, 3, 3], None),
        ([3], None),
        (["a", "b"], None),
        ([False, True], None),
    ],
)
def test_how_far_apart_places_are(places, step):
    array = np.zeros((len(places), 5, 6))
    labelled = FakeXarray(array, ("z", "y", "x"), z=places, y=np.arange(5), x=np.arange(6))
    assert as_volume(labelled, {})[0].spacing == ((step, 1, 1) if step else (1, 1, 1))
    if step:  # one that is not known is as good as none
        other = FakeXarray(array, ("z", "y", "x"), z=places, y=np.arange(5) * 7)
        assert as_volume(other, {})[0].spacing == (1, 1, 1)


# ---- word for word


@pytest.mark.parametrize(
    ("shape", "told", "words"),
    [
        (
            (5, 6),
            {},
            "a volume must be 3-D, got shape (5, 6); use np.stack to make a volume of images",
        ),
        (
            (4, 5, 6, 2),
            {},
            "a volume must be 3-D, got shape (4, 5, 6, 2); name its axes, such as dims='tzyx'",
        ),
        *(
            (
                (4, 5, 6, last),
                {},
                f"a volume must be 3-D, got shape (4, 5, 6, {last}); say rgb=True if the last axis "
                "holds colours, or name its axes, such as dims='tzyx'",
            )
            for last in (3, 4)
        ),
        (
            (2, 4, 5, 6, 3),
            {},
            "a volume must be 3-D, got shape (2, 4, 5, 6, 3); name its axes, such as dims='tzyx'",
        ),
        (
            (2, 4, 5, 6, 3),
            {"rgb": True},
            "a volume must be 3-D, got shape (2, 4, 5, 6, 3); name its axes, such as dims='tzyx'",
        ),
        (
            (5, 6),
            {"dims": "yx"},
            "dims 'yx' cannot name the axes of shape (5, 6); give each a name",
        ),
        (
            (4, 5, 6),
            {"dims": "yyx"},
            "dims 'yyx' cannot name the axes of shape (4, 5, 6); give each a name",
        ),
        (
            (4, 5, 6),
            {"dims": "tzyx"},
            "dims 'tzyx' cannot name the axes of shape (4, 5, 6); give each a name",
        ),
        (
            (4, 5, 6, 5),
            {"rgb": True},
            "colours need a last axis of 3 or 4, got (4, 5, 6, 5); drop rgb=True",
        ),
        *(
            (
                (5, 6, last),
                {"rgb": True},
                "a volume must be 3-D, got shape "
                f"(5, 6, {last}); use np.stack to make a volume of images",
            )
            for last in (3, 4)
        ),
        (
            (5, 6, 7),
            {"rgb": True},
            "rgb=True takes the last axis for colours, got shape (5, 6, 7); leave it out for grey",
        ),
        *(
            (
                shape,
                {"rgb": True},
                f"colours need a last axis of 3 or 4, got {shape}; drop rgb=True",
            )
            for shape in ((5, 3, 6, 7), (5, 6, 3, 7))
        ),
        ((4, 5, 6), {"axis": "q"}, "no axis 'q'; there are ['0', '1', '2']"),
        ((4, 5, 6), {"axis": "q", "dims": "zyx"}, "no axis 'q'; there are ['z', 'y', 'x']"),
        ((4, 5, 6), {"axis": 3}, "axis 3 is out of range; use 0 to 2"),
        ((4, 5, 6), {"axis": -4}, "axis -4 is out of range; use 0 to 2"),
        ((4, 5, 6), {"axis": 1.5}, "axis must be a whole number, got 1.5; use int()"),
        (
            (4, 5, 6),
            {"offset": (1, 2, np.inf)},
            "offset must be three places in mm, got (1, 2, inf); see affine",
        ),
        (
            (4, 5, 6),
            {"offset": (1, 2)},
            "offset must be three places in mm, got (1, 2); see affine",
        ),
        (
            (4, 5, 6),
            {"affine": np.eye(4), "spacing": (1, 1, 1.002)},
            "affine= tells sizes and places already, spacing=(1, 1, 1.002) must be left out",
        ),
        (
            (4, 5, 6),
            {"affine": np.eye(4), "offset": (1, 2, 3), "spacing": (1, 1, 1)},
            "affine= tells sizes and places already, offset=(1, 2, 3) must be left out",
        ),
        (
            (4, 5, 6),
            {"affine": np.diag([1, 1, 20_000, 1])},
            "affine [1.0, 1.0, 20000.0] is more than 10,000 times larger along one axis than along "
            "another; give all three in mm",
        ),
    ],
)
def test_what_is_no_volume_is_told_in_full(shape, told, words):
    with pytest.raises((ValueError, TypeError, IndexError)) as caught:
        as_volume(np.zeros(shape), {}, **told)
    assert str(caught.value) == words


def test_a_file_with_more_axes_than_it_has_names_for(tmp_path):
    np.save(tmp_path / "many.npy", np.zeros((1, 2, 1, 2, 1, 2, 1, 2)))
    with pytest.raises(ValueError, match=r"^dims 'xyztuvw' cannot name the axes of shape"):
        as_volume(tmp_path / "many.npy", {})
    with pytest.raises(ValueError, match=r"^dims 'xyztuvw' cannot name the axes of shape"):
        as_volume(nibabel.spatialimages.SpatialImage(np.zeros((2,) * 8), np.eye(4)), {})


# ---- sizes and places


def test_an_affine_may_be_told_with_sizes_that_are_its_own(volume):
    affine = np.diag([2.0, 3, 4, 1])
    shown = as_volume(volume, {}, affine=affine, spacing=(2.001, 3, 4))[0]
    assert shown.spacing == (2.001, 3, 4)
    assert np.array_equal(shown.affine, affine)


def test_an_offset_is_the_place_of_the_first_voxel(volume):
    shown = as_volume(volume, {}, spacing=(2, 3, 4), offset=(-1, 0, 9))[0]
    assert shown.affine.tolist() == [[2, 0, 0, -1], [0, 3, 0, 0], [0, 0, 4, 9], [0, 0, 0, 1]]


def test_the_affine_of_a_file_is_that_of_its_first_three_axes(volume):
    image = nibabel.Nifti1Image(np.stack([volume] * 2, axis=-1), np.diag([2.0, 3, 4, 1]))
    assert as_volume(image, {})[0].affine is not None
    assert as_volume(image, {}, axis="t")[0].affine is None
    shown = as_volume(image, {}, axis="t", affine=np.eye(4))[0]
    assert np.array_equal(shown.affine, np.eye(4))


@pytest.mark.parametrize(
    ("axis", "position"), [("x", 0), (0, 0), (2, 2), (-1, 2), ("t", 2), (3, 2), (-4, 0)]
)
def test_the_axis_that_is_asked_for_is_found_among_those_shown(volume, axis, position):
    film = np.stack([volume] * 2, axis=-1)
    assert as_volume(film, {}, dims="xyzt", axis=axis)[1] == position


def test_an_axis_that_is_held_somewhere_stays_there(volume):
    at = {"t": 1}
    assert as_volume(np.stack([volume] * 2), at, dims="tzyx")[0].at is at
    assert at == {"t": 1}


def test_the_last_axis_of_colours_is_none_of_the_three():
    for last in (3, 4):
        assert as_volume(np.zeros((5, 6, 7, last)), {}, rgb=True)[0].shape == (5, 6, 7)


def test_an_array_of_three_axes_is_no_series(volume):
    assert repr(as_volume(volume, {})[0]) == "<Volume '': 11 x 5 x 6 voxels of 1 x 1 x 1 mm>"


def test_a_slice_of_a_tensor_is_an_array(volume):
    slices = open_source(FakeTensor(volume)).array.array
    assert np.array_equal(slices[3], volume[3])


def test_a_file_of_three_axes_names_none(volume, tmp_path):
    np.save(tmp_path / "volume.npy", volume)
    with pytest.raises(ValueError, match=r"^no axis 'x'; there are \['0', '1', '2'\]$"):
        as_volume(tmp_path / "volume.npy", {}, axis="x")


@pytest.mark.parametrize("nothing", [[], ()])
def test_no_volumes_at_all(nothing):
    words = "^nothing to show, the list of volumes is empty; put volumes in it$"
    with pytest.raises(ValueError, match=words):
        one_or_several(nothing)
