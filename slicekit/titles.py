"""What stands above a slice: its number, its place in mm, its label, the name of its panel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from slicekit.plane import slice_position
from slicekit.viewer import SliceViewer


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
            raise TypeError(f"title must be a string or a function, got {self.title!r}; see titles")
        for name, given, count in (
            ("titles", self.titles, panels),
            ("labels", self.labels, slices),
        ):
            if len(given) not in (0, count):
                raise ValueError(f"{name} must be {count}, one each, got {len(given)}")

    def text(self, viewer: SliceViewer, panel: int, default: str, at: Mapping[str, int]) -> str:
        """Return the title of one panel."""
        labelled = len(self.labels) > 0 and viewer.axis == self.labelled_axis
        label = str(self.labels[viewer.index]) if labelled else ""
        if callable(self.title):
            text = str(self.title(viewer.index))
        elif self.title is None:
            text = f"{default}, {label}" if label else default
        else:
            known: dict[str, Any] = {
                "index": viewer.index,
                "number": viewer.index + 1,
                "last": viewer.count - 1,
            }
            known |= {"count": viewer.count, "axis": viewer.axis, "label": label, **at}
            known |= {
                "mm": slice_position(
                    viewer.pictures[panel].volume.affine, viewer.index, viewer.axis
                )
            }
            try:
                text = self.title.format(viewer.index, **known)
            except (LookupError, TypeError, ValueError) as fault:
                fields = ", ".join(known)
                message = f"title {self.title!r} is no format: {fault!r}; its fields are {fields}"
                raise ValueError(f"{message}; double all other braces") from fault
        return ", ".join(str(part) for part in (*self.titles[panel : panel + 1], text) if part)
