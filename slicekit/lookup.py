"""The pixels of a slice by look-up: which voxel each pixel of the screen shows, in which colour."""

from operator import is_
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.colors import Normalize
from matplotlib.image import AxesImage

FEW_VALUES = [np.dtype(kind) for kind in ("u1", "i1", "u2", "i2")]
REAL = [np.dtype(kind) for kind in ("f4", "f8")]
NEAREST = ("nearest", "data")
# older ones bring each slice to a range of its own before they look for its colours
BY_VALUE = mpl.__version_info__ >= (3, 10)


class LookUp:
    """Makes the pixels that Matplotlib would, of one image, as long as only its values change.

    For each slice Matplotlib asks anew which voxel each pixel of the screen shows, and which
    colour each value has. The answers stay the same: here they are kept.

    Parameters
    ----------
    im : AxesImage
        Of one number for each voxel, shown with the nearest neighbour, or else with more
        voxels than pixels: then the pixels are those of the nearest neighbour, too, and not
        what Matplotlib would make, and ``is_exact`` is False.
    renderer : RendererAgg
        On which it is drawn.

    Raises
    ------
    ValueError
        If the pixels of such an image cannot be looked up.
    """

    def __init__(self, im: Any, renderer: Any) -> None:
        if not is_plain(im):
            raise ValueError("this image is more than one voxel and its colour for each pixel")
        self.im, self._look = im, look_of(im)
        self._kind, self._shape = kind_of(im.get_array()), im.get_array().shape
        self.place, self._rows, self._columns = voxels_seen(im, renderer)
        self.is_exact = (im.get_interpolation(), im.get_interpolation_stage()) == NEAREST
        if not self.is_exact and len(self._rows) * len(self._columns) >= im.get_array().size:
            raise ValueError("this image is smooth, and its voxels are larger than pixels")
        self._table = colours_of(every(self._kind), im) if self._kind in FEW_VALUES else None
        self._opaque = self._table is not None and bool(self._table.all())

    def holds(self) -> bool:
        """Tell whether nothing but the values has changed."""
        image, look = self.im.get_array(), look_of(self.im)
        same = len(look) == len(self._look) and all(map(is_, look, self._look))
        return same and kind_of(image) == self._kind and image.shape == self._shape

    def covers(self) -> bool:
        """Tell whether nothing of what lies under the image is seen."""
        return self._opaque and np.ma.getmask(self.im.get_array()) is np.ma.nomask

    def draw(self, pixels: np.ndarray) -> None:
        """Write the image into the pixels of a canvas."""
        image = self.im.get_array()
        if image.size > self._rows.size * self._columns.size:
            colours = self._colours(self._seen(image))
        else:
            colours = self._seen(self._colours(image))
        # what is masked has no colour, and what lies under it is seen
        where = True if self.covers() else colours != 0
        np.copyto(pixels.view(np.uint32)[(*self.place, 0)], colours, where=where)
        self.im.stale = False

    def _seen(self, image: np.ndarray) -> np.ndarray:
        """Return the voxel that each pixel shows; the smaller array comes first."""
        if np.ma.getmask(image) is np.ma.nomask:
            image = np.ma.getdata(image)  # masked arrays take their time
        if len(self._rows) < len(image):
            return image.take(self._rows, axis=0).take(self._columns, axis=1)
        return image.take(self._columns, axis=1).take(self._rows, axis=0)

    def _colours(self, image: np.ndarray) -> np.ndarray:
        """Return the colour of each value, four bytes as one number."""
        if self._table is not None and np.ma.getmask(image) is np.ma.nomask:
            return self._table.take(np.ma.getdata(image))
        return colours_of(image, self.im)


def colours_of(image: np.ndarray, im: Any) -> np.ndarray:
    """Return the colour that Matplotlib gives to each value, four bytes as one number."""
    values = image if kind_of(image) in REAL else image.astype(np.float32)
    colours: Any = im.to_rgba(im.norm(np.ma.asarray(values)), bytes=True, norm=False)
    return colours.view(np.uint32)[..., 0]  # type: ignore[no-any-return]


def kind_of(image: np.ndarray) -> Any:
    """Return the type of an image's values, whatever the order of their bytes."""
    return image.dtype.newbyteorder("=")


def every(kind: Any) -> np.ndarray:
    """Return all values of a small integer type; the negative ones last, where -1 finds them."""
    limits = np.iinfo(kind)
    return np.roll(np.arange(limits.min, limits.max + 1), limits.min)


def look_of(im: Any) -> list[Any]:
    """Return all that an image holds besides its values, and its norm and colour map as well."""
    values = {"_A", "_imcache", "_stale", "stale_callback"}
    own = [value for name, value in vars(im).items() if name not in values]
    return [im.norm, im.cmap, *own, *vars(im.norm).values(), *vars(im.cmap).values()]


def is_plain(im: Any) -> bool:
    """Tell whether each pixel has the colour of one voxel, or shows what lies under the image."""
    image, cmap = im.get_array(), im.cmap
    colours = np.vstack(
        [cmap(np.arange(cmap.N)), cmap.get_under(), cmap.get_over(), cmap.get_bad()]
    )
    return bool(
        BY_VALUE
        and image.ndim == 2
        and kind_of(image) in FEW_VALUES + REAL
        and im.get_alpha() in (None, 1)
        and np.all((colours[:, 3] == 1) | ~colours.any(axis=1))
        and im.get_clip_on()
        and im.get_clip_path() is None
        and im.get_agg_filter() is None
    )


class Caught(Normalize):
    """A norm that keeps what it is asked for."""

    def __call__(self, value: Any, clip: bool | None = None) -> Any:
        """Return zeros."""
        self.value = value
        return np.zeros_like(value)


def voxels_seen(im: Any, renderer: Any) -> tuple[Any, np.ndarray, np.ndarray]:
    """Return where on the canvas an image lies, and the row and column of each pixel's voxel.

    Matplotlib tells: it draws an image of the same size, the values of which are numbers
    of voxels, and they are read where it looks for colours.
    """
    options: Any = {"origin": im.origin, "extent": im.get_extent(), "interpolation": "nearest"}
    rows, columns = im.get_size()
    numbers = Caught(0, 1)
    probe = AxesImage(im.axes, norm=numbers, interpolation_stage="data", **options)
    probe.set_data(np.arange(rows * columns, dtype=float).reshape(rows, columns))
    probe.set_transform(im.get_transform())
    probe.set_clip_box(im.get_clip_box())
    picture, left, bottom, _ = probe.make_image(renderer)
    top = round(renderer.height - bottom) - len(picture)
    place = slice(top, top + len(picture)), slice(round(left), round(left) + picture.shape[1])
    voxels = np.ma.getdata(numbers.value)[::-1].astype(int)  # from below, as its picture is
    row, column = voxels[:, 0] // columns, voxels[0] % columns
    whole = np.array_equal(voxels, row[:, None] * columns + column)
    if not whole or picture[..., 3].min() < 255 or min(top, round(left)) < 0:
        raise ValueError("this image does not fill its axes, or is turned")
    return place, row, column


def look_up(im: Any, renderer: Any) -> LookUp | None:
    """Return how to look up the pixels of an image, or None if they cannot be."""
    try:
        return LookUp(im, renderer)
    except ValueError:
        return None
