"""What stands above a slice: its number, its place in mm, its label, the name of its panel."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matplotlib import rcParams
from matplotlib.cbook import is_math_text
from matplotlib.mathtext import MathTextParser

from slicekit.complaint import told
from slicekit.picture import Picture
from slicekit.plane import slice_position


@dataclass(frozen=True)
class Titles:
    """How the titles of a viewer are written; the parameters are those of `slicekit.view`."""

    title: str | Callable[[int], str] | None = None
    titles: Sequence[str] = ()
    labels: Sequence[str] = ()
    labelled_axis: int = 0

    def check(self, panels: int, slices: int) -> None:
        """Refuse what is no title, and other numbers of them than there are panels or slices."""
        if not (self.title is None or isinstance(self.title, str) or callable(self.title)):
            raise TypeError(
                f"title must be a string or a function, got {told(self.title)}; see titles"
            )
        for name, count in {"titles": panels, "labels": slices}.items():
            given = len(getattr(self, name))
            if given not in (0, count):
                raise ValueError(f"{name} must be {count}, one each, got {given}")

    def text(
        self, picture: Picture, number: int, name: str, held: Sequence[str], at: Mapping[str, int]
    ) -> str:
        """Return the title of a picture, by the number of its volume and the name of its plane."""
        plane, volume = picture.plane, picture.volume
        index, count = plane.index, volume.shape[plane.axis]
        mm = slice_position(volume.affine, index, plane.axis)
        labelled = len(self.labels) > 0 and plane.axis == self.labelled_axis
        label = str(self.labels[index]) if labelled else ""
        if callable(self.title):
            text = str(self.title(index))
        elif self.title is None:
            default = f"{name} {index} / {count - 1}".lstrip()
            where = "" if mm is None else f"{mm:g} mm"
            text = ", ".join(part for part in (default, where, *held, label) if part)
        else:
            known: dict[str, Any] = {"index": index, "number": index + 1, "last": count - 1}
            known |= {"count": count, "axis": plane.axis, "label": label, "mm": mm, **at}
            try:
                text = self.title.format(index, **known)
            except Exception as fault:  # a width beyond memory, for one
                fields = ", ".join(known)
                message = f"title {self.title!r} is no format: {fault!r}; its fields are {fields}"
                raise ValueError(f"{message}; double all other braces") from fault
        parts = (*self.titles[number : number + 1], text)
        return readable(", ".join(str(part) for part in parts if part))


def readable(text: str) -> str:
    """Return text that can be drawn, with its dollars if the mathematics between them is none.

    No font has letters for controls, nor for the halves of pairs that names of files may hold;
    nobody reads more than a thousand letters, and to draw a million takes minutes.
    """
    text = re.sub(r"[\0-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff]", "?", text[:1000])
    if is_math_text(text) and not rcParams["text.usetex"]:
        try:
            MathTextParser("path").parse(text)
        except (ValueError, RecursionError):  # or it is too deep
            return text.replace("$", r"\$")
    return text
