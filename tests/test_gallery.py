"""The gallery: every example runs, its picture is the one stored, and its words are true."""

import io
import os
import re
import sys
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from build_chapters import digest
from build_gallery import PAGE, PICTURES, TABLE, Example, examples, run, side_by_side, table
from likeness import LOOSE, STRICT, TOLERANCE, looks_like
from PIL import Image, ImageOps

EXAMPLES = examples()
TEXT = PAGE.read_text(encoding="utf-8")
RESTORE = "look at it; if it is right: .venv/bin/python tools/build_gallery.py"
# what they show are pictures that Matplotlib has drawn, each version a little differently
OF_PICTURES = {"save-all-slices"}

every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.slug)

# the needs of 106 copies, and the sections that meet them
NEEDS = {
    "slice number in the title": ["the-number-of-the-slice"],
    "title: a format, a function": ["a-title-of-your-own", "a-title-from-a-function"],
    "name in the title": ["a-name-in-the-title"],
    "a label per slice": ["a-label-for-each-slice"],
    "colour map": ["a-colour-map"],
    "another axis": ["slices-along-another-axis", "another-axis-at-a-key"],
    "transposed or flipped": ["turned-and-upright"],
    "other keys": ["other-keys", "a-key-of-your-own"],
    "show() inside": ["in-a-script"],
    "several volumes, linked": ["volumes-side-by-side", "a-grid"],
    "one contrast or each its own": ["the-same-contrast-for-all", "colours-and-limits-for-each"],
    "contrast": ["black-and-white-where-you-say", "contrast-from-percentiles"],
    "contrast of the slice": ["contrast-of-each-slice"],
    "live contrast": ["contrast-while-you-look"],
    "wheel": ["the-wheel"],
    "start slice": ["where-to-start"],
    "mask": ["a-mask", "a-mask-not-on-the-first-slice"],
    "labels": ["labels"],
    "heat map": ["a-heat-map", "a-colour-bar-for-the-map"],
    "one or many": ["several-on-top-of-each-other"],
    "overlay toggle": ["hide-what-lies-on-top"],
    "colour bar": ["a-colour-bar"],
    "spacing": ["true-proportions"],
    "extent": ["millimetres-on-the-axes"],
    "millimetres": ["millimetres-in-the-title", "an-affine"],
    "time": ["time"],
    "channels, n-D": ["channels-and-more-axes"],
    "axes off": ["no-axes"],
    "jump by n": ["jump-by-n"],
    "first and last": ["first-and-last"],
    "clicks: collect": ["collect-points-with-clicks"],
    "clicks: print": ["print-what-is-clicked"],
    "RGB": ["red-green-and-blue"],
    "points": ["points-on-their-slices", "points-in-another-style"],
    "circles": ["circles-around-spots"],
    "boxes": ["boxes"],
    "imshow keywords": ["any-other-keyword-of-imshow"],
    "outlines": ["outlines", "outlines-of-a-map", "compare-two-segmentations"],
    "wrap": ["go-round-at-the-ends"],
    "clamp": ["stop-at-the-ends"],
    "save figure": ["save-the-picture"],
    "save all slices": ["save-all-slices"],
    "returns fig/ax": ["the-figure-and-the-axes", "in-a-figure-of-your-own"],
    "complex": ["complex-numbers"],
    "legend": ["a-legend"],
    "slider": ["a-slider"],
    "play": ["play"],
    "log norm": ["a-logarithmic-scale"],
    "draw it yourself": ["text-and-arrows", "a-plot-that-follows"],
    "DICOM": ["a-folder-of-dicom-files"],
    "NIfTI": ["a-nifti-file"],
    "SimpleITK": ["simpleitk"],
    "TIFF": ["a-tiff-stack"],
    "video": ["a-film"],
    "torch": ["a-torch-tensor"],
    "HDF5": ["hdf5"],
    "memmap": ["an-array-that-stays-on-disk"],
    "three planes": ["three-planes", "two-scans-at-one-place"],
    "orientation": ["which-way-is-left", "nobody-knows-which-way-is-left"],
    "export as page": ["a-page-that-scrolls"],
    "GIF": ["a-film-to-send"],
    "montage": ["a-montage"],
}

# what an alt text says, and what the figure's own description must then say
CLAIMS = {
    r"[Aa]xial": r"image 189 x 157",
    r"[Cc]oronal": r"image 68 x 157",
    r"[Ss]agittal": r"image 68 x 189",
    r"[Tt]wo (?:axial|coronal|sagittal|enlarged|pictures|panels)": r"(?s)image .*image ",
    r"in gr[ea]y": r" gray linear",
    r"(magma|bone|hot|inferno|twilight)": r" \1 (?:linear|LogNorm) ",
    r"(\d+) to (\d+)": r"(?:linear|y linear) \1 to \2\b",
    r"logarithmic": r"LogNorm",
    r"colour bar": r"Panel 2",
    r"aspect 2": r"aspect 2;",
    r"bicubic": r"interpolation bicubic",
    r"without|no axes": r"no axes",
    r"2 by 2": r"row 2 of 2, column 2 of 2",
    r"189 x 157 x 3": r"image 189 x 157 x 3 ",
    r"hidden": r"hidden image",
    r"red (?:line|arrow)": r"#ff0000",
    r"ventricles in (?:red|cyan)|coloured|tissue": r"own colours \w+ LabelNorm .*alpha 0.5",
    r"outline": r"ContourSet",
    r"cross(?!hair)|rings": r"PathCollection",
    r"crosshair": r"line #00ff00",
    r"question marks": r"text '\?'",
    r"([LR]) (?:is on the left|at its left)": r"text '\1' #ffffff at 0\.02",
    r"tissue on top": r"own colours \w+ LabelNorm",
    r"circles": r"(?s)Circle #00ffff.*Circle #00ffff",
    r"boxes": r"(?s)Rectangle #00ff00.*Rectangle #00ff00",
    r"legend": r"legend '",
    r"slider": r"Panel 2",
    r"eight": r"(?s)(?:Panel [1-8].*){8}",
}


def claims(alt):
    """Yield what must stand in the description: words in quotes, and the claims known above."""
    yield from map(re.escape, re.findall(r'"(.*?)"', alt))
    unquoted = re.sub(r'".*?"', "", alt)
    for said, meant in CLAIMS.items():
        for found in re.finditer(rf"\b(?:{said})", unquoted):
            yield re.sub(r"\\([12])\b", lambda number, f=found: f[int(number[1])], meant)


def stored(example):
    return Image.open(PICTURES / f"{example.slug}.png")


@every_example
def test_an_example_runs_and_shows_its_picture(example):
    words, png, printed = run(example)
    fresh = Image.open(io.BytesIO(png))
    assert words, "no figure"
    assert printed.splitlines() == re.findall(r"\bprint\(.*\)  # (.*)$", example.code, re.M)
    for claim in claims(example.alt):
        assert re.search(claim, words), f"{claim!r} of {example.alt!r} is not in {words}"
    if TOLERANCE is STRICT or example.slug not in OF_PICTURES:
        assert stored(example).text["Description"] == digest(words), f"another figure; {RESTORE}"
    assert looks_like(fresh, stored(example)), f"another picture; {RESTORE}"


@every_example
def test_an_example_is_short_and_complete(example):
    assert len(example.code.splitlines()) <= 10
    assert max(map(len, example.code.splitlines())) <= 100
    assert list(claims(example.alt)), f"nothing of {example.alt!r} is checked"
    before, after = re.split(r"^```python\n.*?^```$", example.text, flags=re.M | re.S)
    assert re.fullmatch(r"\n(?:\S.*\n)+\n", before), "one paragraph, then the code"
    assert re.search(r" \[Chapter \d\d\]\.\n\n$", before), "which chapter explains it?"
    assert re.match(r"\n\n!\[.*\]\(.*\)\n", after), "then the picture"


@pytest.mark.parametrize("need", NEEDS)
def test_every_need_has_its_section(need):
    assert set(NEEDS[need]) <= {example.slug for example in EXAMPLES}


def test_every_section_meets_a_need_and_no_picture_is_left_over():
    slugs = [example.slug for example in EXAMPLES]
    assert len(set(slugs)) == len(slugs)
    assert {slug for some in NEEDS.values() for slug in some} == set(slugs)
    assert {path.name for path in PICTURES.iterdir()} == {f"{slug}.png" for slug in slugs}
    assert len(re.findall(r"^### ", TEXT, flags=re.M)) == len(slugs)


def test_the_table_leads_to_every_section():
    assert TABLE.search(TEXT).group() == table(EXAMPLES)


def test_every_chapter_named_is_there():
    named = dict(re.findall(r"^\[(Chapter \d\d)\]: (\S+)$", TEXT, flags=re.M))
    assert set(named) == set(re.findall(r"\[(Chapter \d\d)\]\.", TEXT))
    for chapter, target in named.items():
        assert (PAGE.parent / target).exists(), target
        assert f"/{chapter[-2:]}_" in target


def test_pictures_are_small():
    sizes = {path.name: path.stat().st_size for path in PICTURES.iterdir()}
    assert max(sizes.values()) <= 25_000, sizes
    assert sum(sizes.values()) <= 700_000


def test_an_example_leaves_nothing_behind():
    fig, settings, where, modules = plt.figure(), dict(plt.rcParams), os.getcwd(), set(sys.modules)
    plt.close(fig)
    run(Example("h", "```python\nimport h5py\nviewer = view(array)\n```\n"))
    with pytest.raises(ZeroDivisionError):
        run(Example("h", "```python\nplt.rcParams['lines.linewidth'] = 9\nview(1 / 0)\n```\n"))
    assert (plt.get_fignums(), dict(plt.rcParams), os.getcwd()) == ([], settings, where)
    assert not {"h5py", "torch", "SimpleITK"} & (set(sys.modules) - modules)


# ---- another picture is noticed


def example_of(slug):
    (found,) = (example for example in EXAMPLES if example.slug == slug)
    return found


def without_red(picture):
    """Return a picture whose few red pixels have become grey."""
    values = np.asarray(picture).copy()
    red = values[..., 0].astype(int) - values[..., 1] > 60
    assert 0 < red.sum() < 200
    values[red] = 190
    return Image.fromarray(values)


def moved(picture):
    """Return a picture one pixel further to the left."""
    return picture.transform(picture.size, Image.Transform.AFFINE, (1, 0, 1, 0, 1, 0))


WRONG = [
    (ImageOps.flip, LOOSE),
    (ImageOps.mirror, LOOSE),
    (ImageOps.invert, LOOSE),
    (lambda right: Image.new("RGB", right.size, "white"), LOOSE),
    (lambda right: right.point(lambda value: value * 0.95), STRICT),
    (moved, STRICT),
    (without_red, STRICT),
]


@pytest.mark.parametrize(("change", "tolerance"), WRONG)
def test_a_wrong_picture_is_noticed(change, tolerance):
    right = stored(example_of("points-on-their-slices")).convert("RGB")
    assert looks_like(right, right, STRICT)
    assert not looks_like(right, change(right), tolerance)


@pytest.mark.parametrize(
    ("slug", "old", "new", "in_words"),
    [
        ("points-on-their-slices", "index=30", "index=31", True),
        ("a-mask", 'color="red"', 'color="crimson"', True),
        ("boxes", "(55, 42, 45, 50)", "(55, 43, 45, 50)", True),
        ("a-legend", '1: "fluid"', '1: "Fluid"', True),
        ("true-proportions", "(2, 1, 1)", "(2, 1.1, 1)", True),
        ("outlines", "linewidths=1", "linewidths=1.5", False),  # nor do the words tell tick labels
    ],
)
def test_a_small_change_of_an_example_is_noticed(slug, old, new, in_words):
    right = example_of(slug)
    assert right.text.count(old) == 1
    words, png, _ = run(replace(right, text=right.text.replace(old, new)))
    assert (stored(right).text["Description"] != digest(words)) == in_words
    if TOLERANCE is STRICT:
        assert not looks_like(Image.open(io.BytesIO(png)), stored(right))


def test_the_picture_of_two_figures_holds_both():
    black, white = (Image.new("RGB", (9, 5), colour) for colour in ("black", "white"))
    both = Image.open(io.BytesIO(side_by_side([black, white], "words"))).convert("RGB")
    assert both.size == (18, 5)
    assert both.getpixel((0, 0))[0] < 10 < 240 < both.getpixel((17, 4))[0]
