"""Run every example of ``docs/gallery.md`` and store its picture in ``docs/gallery/``.

::

    .venv/bin/python tools/build_gallery.py

It runs where the chapters are built, in ``.venv-build``. The page is the truth: its first
block is the preamble of all examples, each ``###`` section is one example. The table of
small pictures at its top is written anew. Run twice, it changes nothing the second time.
"""

import contextlib
import io
import re
import sys
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import stand_ins
from build_chapters import CHAPTERS, ROOT, digest, enter_locked_environment, environment

PAGE = ROOT / "docs" / "gallery.md"
PICTURES = ROOT / "docs" / "gallery"
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.M | re.S)
TABLE = re.compile(r"^(?:\|.*\|\n)+", re.M)
COLUMNS, COLOURS, DPI = 6, 64, 80


@dataclass(frozen=True)
class Example:
    """One section of the page: a wish, what it is written with, and the picture's words."""

    heading: str
    text: str

    @property
    def slug(self) -> str:
        """The name of its picture, and of its heading in links, as GitHub makes it."""
        return re.sub(r"[^\w -]", "", self.heading.lower()).replace(" ", "-")

    @property
    def code(self) -> str:
        """Its block of code, to be run after the preamble."""
        (code,) = BLOCK.findall(self.text)
        return code

    @property
    def alt(self) -> str:
        """What its picture shows, in words."""
        (alt,) = re.findall(rf"^!\[(.*)\]\(gallery/{self.slug}\.png\)$", self.text, re.M)
        return alt


def examples() -> list[Example]:
    """Return all sections of the page."""
    parts = re.split(r"^#{2,3} (.*)\n", PAGE.read_text(encoding="utf-8"), flags=re.M)[1:]
    sections = zip(parts[::2], parts[1::2], strict=True)
    return [Example(heading, text) for heading, text in sections if "\n![" in text]


def preamble() -> str:
    """Return the code that the page asks to run once."""
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))[0]


def run(example: Example) -> tuple[str, bytes, str]:
    """Run an example in a fresh namespace and an empty folder.

    Returns
    -------
    tuple
        Its figures in words, the picture of them as PNG, and what was printed.
    """
    import matplotlib.pyplot as plt

    from slicekit.describe import describe

    printed, names = io.StringIO(), {"__name__": "__main__"}
    with contextlib.ExitStack() as on_leaving, TemporaryDirectory() as folder:
        on_leaving.callback(plt.close, "all")
        on_leaving.enter_context(plt.rc_context())
        on_leaving.enter_context(contextlib.chdir(folder))
        on_leaving.enter_context(patch.object(plt, "show"))  # nobody is there to look
        for name, library in stand_ins.MODULES.items():
            sys.modules[name] = library
            on_leaving.callback(sys.modules.pop, name)
        on_leaving.enter_context(contextlib.redirect_stdout(printed))
        exec(preamble(), names)
        if "pydicom" in example.code:
            stand_ins.write_dicom(Path(folder, "scan"), names["array"])
        printed.seek(printed.truncate(0))
        exec(compile(example.code, example.slug, "exec"), names)
        figures = [plt.figure(number) for number in plt.get_fignums()]
        words = "\n".join(describe(fig) for fig in figures)
        return words, side_by_side([render(fig) for fig in figures], words), printed.getvalue()


def render(fig):
    """Return a picture of a figure, cut out as notebooks do."""
    from PIL import Image

    png = io.BytesIO()
    fig.savefig(png, dpi=DPI, bbox_inches="tight", pad_inches=0.05)
    return Image.open(png).convert("RGB")


def side_by_side(pictures, words: str) -> bytes:
    """Return pictures as one small PNG, which carries a digest of the words."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    size = sum(p.width for p in pictures), max(p.height for p in pictures)
    whole, left, info, png = Image.new("RGB", size, "white"), 0, PngInfo(), io.BytesIO()
    for picture in pictures:
        whole.paste(picture, (left, 0))
        left += picture.width
    info.add_text("Description", digest(words))
    # the octree keeps a small red cross red, where the median cut keeps only many greys
    few = whole.quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(png, "PNG", optimize=True, pnginfo=info)
    return png.getvalue()


def table(sections: list[Example]) -> str:
    """Return the small pictures that lead to the sections, with their headings below."""
    lines = [[""] * COLUMNS, ["---"] * COLUMNS]
    for row in zip_longest(*[iter(sections)] * COLUMNS):
        some = [section for section in row if section]
        gap = [""] * (COLUMNS - len(some))
        pictures = [f"[![{s.heading}]({PICTURES.name}/{s.slug}.png)](#{s.slug})" for s in some]
        lines += [pictures + gap, [f"[{s.heading}](#{s.slug})" for s in some] + gap]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def main() -> None:
    """Write all pictures, or those whose names begin as said on the command line."""
    environment()
    sys.path.insert(0, str(CHAPTERS))
    PICTURES.mkdir(exist_ok=True)
    sections, wanted = examples(), tuple(sys.argv[1:]) or ("",)
    for example in sections:
        if example.slug.startswith(wanted):
            _, png, _ = run(example)
            (PICTURES / f"{example.slug}.png").write_bytes(png)
            print(f"{example.slug}: {len(png) / 1000:.0f} kB")
    for left_over in {p.stem for p in PICTURES.glob("*.png")} - {s.slug for s in sections}:
        (PICTURES / f"{left_over}.png").unlink()
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(TABLE.sub(lambda _: table(sections), page, count=1), encoding="utf-8")


if __name__ == "__main__":
    enter_locked_environment()
    main()
