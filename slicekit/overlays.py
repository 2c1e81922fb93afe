"""An overlay: a second volume over the picture, labels, a mask or a map."""

from typing import Any, Self

import numpy as np
from matplotlib.colors import ListedColormap, Normalize, to_rgba
from matplotlib.pyplot import get_cmap

from slicekit.complaint import naming
from slicekit.keywords import check_keywords
from slicekit.picture import PIXELS, Picture, is_gone, unrounded, whole_range
from slicekit.plane import Plane

LABEL_COLOURS = [tuple(colour) for colour in get_cmap("tab10")(range(10))]


class LabelNorm(Normalize):
    """Give labels 1, 2, 3, ... the colours of a map in turn, and begin again after the last.

    So a label has the same colour on every slice of every volume.
    """

    def __init__(self, count: int) -> None:
        super().__init__(0.5, count + 0.5)
        self.count = count

    def __call__(self, value: Any, clip: bool | None = None) -> Any:
        """Return where on the map each label lies, from 0 to 1."""
        labels: Any = np.ma.asarray(value).round()
        return super().__call__((labels - 1) % self.count + 1, clip)


def is_labels(image: np.ndarray) -> bool:
    """Return whether the values name regions, and are not amounts of something."""
    return image.dtype.kind in "biu"


def overlay_colours(image: np.ndarray, number: int, color: Any = None) -> dict[str, Any]:
    """Return the colour map and norm of labels; masks differ from one overlay to the next."""
    if color is not None:
        with naming({"color": color}):
            colours = [to_rgba(color)]
    elif image.dtype == bool:
        colours = [LABEL_COLOURS[number % 10]]
    elif is_labels(image):
        colours = LABEL_COLOURS
    else:
        return {"cmap": "inferno"}
    return {"cmap": ListedColormap(colours), "norm": LabelNorm(len(colours))}


class Overlay:
    """A second volume over the picture, seen through where it is zero, NaN or masked.

    Parameters
    ----------
    picture : Picture
        What lies under it.
    volume : Volume
        Of the same shape as the picture's volume.
    plane : Plane
        The slice to begin with.
    alpha : float
        From 0, invisible, to 1, opaque; default: 0.5.
    hide_zero : bool
        Whether zero is transparent; default: True.
    norm, vmin, vmax
        As in ``imshow``; default: linear between the limits of the whole volume.
    **imshow
        Further keywords of ``imshow``.
    """

    def __init__(
        self,
        picture: Picture,
        volume: Any,
        plane: Plane,
        *,
        alpha: float = 0.5,
        hide_zero: bool = True,
        norm: Any = None,
        vmin: float | None = None,
        vmax: float | None = None,
        **imshow: Any,
    ) -> None:
        check_keywords(imshow, hide_zero=hide_zero)
        self.picture, self.volume, self._imshow = picture, volume, imshow
        norm = whole_range(volume, plane.axis, norm, vmin, vmax)
        place = {"origin": picture.im.origin, "extent": picture.im.get_extent()}
        options = place | PIXELS | imshow
        options["aspect"] = picture.ax.get_aspect()  # imshow sets it, and it is set already
        self._labels, self._hide_zero = isinstance(norm, LabelNorm), hide_zero
        image = see_through(plane.of(volume), self._labels, hide_zero)
        with naming({"alpha": alpha, **imshow}):
            self.im = picture.ax.imshow(image, norm=norm, alpha=alpha, **options)
        self.im.mouseover = False  # the readout tells the picture's own value

    @property
    def visible(self) -> bool:
        """Whether it is on show."""
        return bool(self.im.get_visible())

    @visible.setter
    def visible(self, visible: bool) -> None:
        self.im.set_visible(visible)

    def show(self, plane: Plane) -> None:
        """Show another slice, where the picture shows its own; nothing if it cannot be read."""
        try:
            self.im.set_data(see_through(plane.of(self.volume), self._labels, self._hide_zero))
        except BaseException:  # Ctrl-C, too: what lay over the last slice would be wrong
            self.im.set_data(np.ma.array([[0]], mask=True))
            raise
        if not is_gone(self.im):
            self.im.set_extent(self.picture.im.get_extent())

    def on(self, picture: Picture, plane: Plane) -> Self:
        """Show another slice of it in the same way, over another picture."""
        options = {**self._imshow, "alpha": self.im.get_alpha(), "cmap": self.im.get_cmap()}
        options |= {"norm": self.im.norm, "hide_zero": self._hide_zero}
        other = type(self)(picture, self.volume, plane, **options)
        other.visible = self.visible
        return other


def see_through(image: np.ndarray, labels: bool, hide_zero: bool) -> np.ndarray:
    """Mask what is NaN or infinite, and zero unless it counts; what was masked stays so."""
    image = image.astype(np.uint8) if image.dtype == bool else image
    image = image if labels else unrounded(image)
    if labels and image.dtype.itemsize > 2:
        # Matplotlib resamples as float32, which is not exact beyond 2**24
        small = np.where(image > 2**24, (image - 1) % 10_000 + 1, image)
        image = np.ma.array(small, mask=np.ma.getmaskarray(image))
    return np.ma.masked_where((image == 0) & hide_zero | ~np.isfinite(image), image)
