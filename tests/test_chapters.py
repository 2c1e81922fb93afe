"""The gates on the chapters: text and notebook agree, and nothing unchecked is stored."""

import base64
import difflib
import io
import re

import jupytext
import nbformat
import numpy as np
import pytest
from build_chapters import CHAPTERS, ROOT, digest, execute, read, shrink
from definitions import plain_functions
from likeness import LOOSE, STRICT, looks_like, picture
from matplotlib.figure import Figure
from nbval.plugin import comment_markers
from PIL import Image, ImageOps

import slicekit

TEXTS = sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))
RESTORE = "restore the stored outputs with: .venv/bin/python tools/build_chapters.py"
UNCHECKED = {}  # chapter and cell whose output nothing compares, and why: none so far

every_chapter = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)


def stored(text):
    return nbformat.read(text.with_suffix(".ipynb"), as_version=4)


def code(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def differences(expected, found):
    """Return the lines of two texts that differ."""
    lines = difflib.unified_diff(expected.splitlines(), found.splitlines(), lineterm="", n=0)
    return "\n".join(list(lines)[2:12])


@every_chapter
def test_text_and_notebook_agree(text):
    ours, theirs = jupytext.read(text).cells, stored(text).cells
    for number, (cell, twin) in enumerate(zip(ours, theirs, strict=False), 1):
        where = f"{text.stem}, cell {number}"
        assert cell.cell_type == twin.cell_type, f"{where}: {cell.cell_type}; {RESTORE}"
        found = differences(cell.source, twin.source)
        assert not found, f"{where}: text (-) and notebook (+) differ:\n{found}\n{RESTORE}"
        assert cell.metadata.get("tags") == twin.metadata.get("tags"), f"{where}: tags; {RESTORE}"
    assert len(ours) == len(theirs), f"{text.stem}: {len(ours)} and {len(theirs)} cells; {RESTORE}"
    minutes = jupytext.read(text).metadata["minutes"]
    assert minutes == stored(text).metadata["minutes"], f"{text.stem}: minutes; {RESTORE}"


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_a_reader_who_saves_changes_no_more_than_they_wrote(text):
    """Jupytext writes the text anew at each save: it has to be as Jupytext would write it."""
    written = jupytext.writes(stored(text), fmt="md:myst")
    head, found = r"\A---\n.*?\n---\n", text.read_text()  # versions in it, for one
    assert re.sub(head, "", written, flags=re.S) == re.sub(head, "", found, flags=re.S)


def test_every_text_has_its_notebook_and_no_notebook_is_alone():
    notebooks = {p for p in CHAPTERS.rglob("*.ipynb") if ".ipynb_checkpoints" not in p.parts}
    alone = notebooks - {text.with_suffix(".ipynb") for text in TEXTS}
    assert not alone, f"nothing checks {alone}; move your own notebooks out of {CHAPTERS}"
    assert len(notebooks) == len(TEXTS) >= 6


@every_chapter
def test_all_cells_were_executed_in_order(text):
    counts = [cell.execution_count for cell in code(stored(text))]
    assert counts == list(range(1, len(counts) + 1)), f"{text.stem}: {counts}; {RESTORE}"


@every_chapter
def test_the_stored_notebook_holds_no_noise(text):
    notebook = stored(text)
    assert set(notebook.metadata) <= {"jupytext", "kernelspec", "minutes"}, RESTORE
    assert "jupytext_version" not in notebook.metadata.jupytext.text_representation, RESTORE
    for number, cell in enumerate(notebook.cells, 1):
        where = f"{text.stem}, cell {number}; {RESTORE}"
        assert set(cell.metadata) <= {"tags"}, where
        for output in cell.get("outputs", []):
            assert output.output_type != "error", where
            assert output.get("name") != "stderr", where
            assert set(output.get("data", {})) <= {"text/plain", "image/png"}, where
            words = "".join(output.get("text", "")) + output.get("data", {}).get("text/plain", "")
            assert not re.search(r"/(home|root|tmp|work|Users)/|0x[0-9a-f]{6,}", words), where


@every_chapter
def test_no_output_escapes_comparison(text):
    for number, cell in enumerate(code(stored(text)), 1):
        where = f"{text.stem}, code cell {number}"
        loose = any(marker in cell.source for marker in comment_markers) or "%%" in cell.source
        loose |= any(not tag.startswith("exercise-") for tag in cell.metadata.get("tags", []))
        assert not loose or (text.stem, number) in UNCHECKED, where
        for output in cell.outputs:
            if "image/png" in output.get("data", {}):
                words = output.data["text/plain"]
                assert "digest" in words, where
                kept = picture(output.data["image/png"]).text.get("Description")
                assert kept == digest(words), f"{where}: not the picture of these words; {RESTORE}"


@every_chapter
def test_no_picture_hides_in_the_text(text):
    assert not any("attachments" in cell for cell in stored(text).cells)


def test_sizes():
    sizes = {text.stem: text.with_suffix(".ipynb").stat().st_size for text in TEXTS}
    assert max(sizes.values()) <= 300_000, sizes
    assert sum(sizes.values()) <= 3_000_000, sizes


@every_chapter
def test_cells_are_short_and_explained(text):
    cells = jupytext.read(text).cells
    lines = [len(cell.source.splitlines()) for cell in cells if cell.cell_type == "code"]
    words = sum(len(cell.source.split()) for cell in cells if cell.cell_type == "markdown")
    assert max(lines) <= 15
    assert sorted(lines)[len(lines) // 2] <= 6
    assert 50 <= words / len(lines) <= 120, f"{words / len(lines):.0f} words for each code cell"


@every_chapter
def test_the_opening_and_the_close(text):
    prose = text.read_text()
    for phrase in (
        "**What you will do.**",
        "**What you will learn.**",
        "**What you need.**",
        "## Exercises",
        "## What you built so far",
    ):
        assert phrase in prose, phrase
    assert not re.search(r"^:::|^```\{(?!code-cell)|^%\s", prose, flags=re.M), "plain CommonMark"


def test_the_tutorial_fits_a_workshop():
    minutes = {text.stem: jupytext.read(text).metadata["minutes"] for text in TEXTS}
    assert sum(m for stem, m in minutes.items() if stem < "07") <= 150
    readme = (ROOT / "README.md").read_text()
    for stem, count in minutes.items():
        assert re.search(rf"\(chapters/{stem}\.ipynb\).*\| {count} \|", readme), stem


@every_chapter
def test_links_lead_somewhere(text):
    for target in re.findall(r"\]\(([^)#]+)", text.read_text().replace("\n", "")):
        assert target.startswith("https://") or (CHAPTERS / target).exists(), target


# ---- every step of the article has its place

ROUTE = {
    "1 interactive backend": ("01", r"%matplotlib widget"),
    "2 three images": ("01", r'"Natural image"[^`]*"Microscopy image"[^`]*"Telescope image"'),
    "3 what a volume is": ("01", r"Such\s+an array is a \*\*volume\*\*.*ssTEM"),
    "4 temporary folder": ("02", r"tempfile\.mkdtemp\(\)"),
    "4 tail of the address": ("02", r"PurePosixPath\(address\)\.name"),
    "5 archive and members": ("02", r"contents\.namelist\(\)"),
    "6 nibabel": ("02", r"nibabel\.load\(header"),
    "7 the TIFF": ("02", r"io\.imread\(slicekit\.fetch"),
    "8 squishy": ("02", r"imshow\(struct_arr\[75\]"),
    "9 aspect": ("03", r"aspect=0\.5"),
    "10 transpose": ("04", r"struct_arr2\[34\].*struct_arr2\[5\]"),
    "11 two empty actions": ("05", r"The skeleton of our answer"),
    "12 connect": ("05", r"mpl_connect\(\"key_press_event\", process_key\)"),
    "13 AxesImage": ("05", r"ax\.images\[0\] is im.*set_array\(axial\[20\]\)"),
    "14 the viewer": ("05", r"def multi_slice_viewer\(volume\):"),
    "15 K squishes": ("06", r"K does something else as well"),
    "16 the keymap helper": ("06", r"def remove_keymap_conflicts"),
    "17 the viewer again": ("06", r"remove_keymap_conflicts\(\{\"j\", \"k\"\}\)"),
    "18 any backend": ("06", r"scroll_a_volume\.py"),
    "19 clean up": ("02", r"shutil\.rmtree\(folder\)"),
    "other volumes": ("01", r"X-ray microtomography.*light-sheet.*binary_blobs"),
    "the only active figure": ("01", r"stays the \*current\* figure.*more than twenty"),
    "a permanent folder": ("02", r"folder of your own in place of"),
    "pip or conda": ("02", r"`pip install nibabel` or `conda install nibabel`"),
    "ITK-SNAP": ("05", r"ITK-SNAP"),
    "read the index back": ("05", r"slice \{ax\.index\}: mean"),
    "the documentation of events": ("05", r"event_handling\.html"),
    "only over the image": ("06", r"only with the pointer over the picture"),
    "a welcome contribution": ("06", r"welcome contribution.*26713"),
    "18 IPython terminal": ("07", r"IPython terminal"),
    "18 a Qt application": ("07", r"embed_qt\.py"),
    "18 a Tk application": ("07", r"embed_tk\.py"),
}


@pytest.mark.parametrize("step", ROUTE)
def test_every_step_of_the_article_has_its_place(step):
    number, pattern = ROUTE[step]
    (text,) = CHAPTERS.glob(f"{number}_*.md")
    assert re.search(pattern, text.read_text(), flags=re.S)


# ---- what a chapter builds last is what slicekit ships

SHIPPED = {
    "pixel_aspect": "03_slice_a_volume",
    "take_plane": "04_turn_a_volume",
    "next_slice": "05_answer_a_key",
    "previous_slice": "05_answer_a_key",
    "process_key": "05_answer_a_key",
    "remove_keymap_conflicts": "06_free_the_keys",
    "multi_slice_viewer": "06_free_the_keys",
}


# 07 builds these two modules line by line
BUILT = {"keymap": "07_finish_the_viewer", "viewer": "07_finish_the_viewer"}


# 09 builds the heart of these two, and earns the rest
PLACES = {
    "position_of": "orientation",
    "voxel_at": "orientation",
    "Crosshair.__init__": "crosshair",
    "Crosshair.show": "crosshair",
}


def built_in(chapter):
    cells = code(jupytext.read(CHAPTERS / f"{chapter}.md"))
    return plain_functions("\n".join(c.source for c in cells if "%" not in c.source[:1]))


def shipped(module):
    return plain_functions((ROOT / "slicekit" / f"{module}.py").read_text())


@pytest.mark.parametrize("name", SHIPPED)
def test_a_chapter_ends_with_what_slicekit_ships(name):
    assert built_in(SHIPPED[name])[name] == shipped(slicekit._HOME[name])[name]


@pytest.mark.parametrize("name", PLACES)
def test_chapter_09_ends_with_what_slicekit_ships(name):
    assert built_in("09_link_three_planes")[name] == shipped(PLACES[name])[name]


@pytest.mark.parametrize("name", ["fast_axis", "blocks", "BLOCK"])
def test_chapter_10_ends_with_what_slicekit_ships(name):
    assert built_in("10_outgrow_memory")[name] == shipped("storage")[name]


@pytest.mark.parametrize("module", BUILT)
def test_chapter_07_builds_the_whole_module(module):
    built = built_in(BUILT[module])
    for name, lines in shipped(module).items():
        if name not in SHIPPED:
            assert built.get(name) == lines, name


# ---- the stored pictures show what a fresh run shows


def pictures(cell):
    return [o.data["image/png"] for o in cell.outputs if "image/png" in o.get("data", {})]


@every_chapter
def test_stored_pictures_look_like_fresh_ones(text, monkeypatch):
    import os

    fresh = read(text)
    execute(fresh, dict(os.environ))
    for output in [output for cell in code(fresh) for output in cell.outputs]:
        shrink(output)  # with the Matplotlib that built them, the pictures are now the same
    for number, (new, old) in enumerate(zip(code(fresh), code(stored(text)), strict=True), 1):
        where = f"{text.stem}, code cell {number}"
        assert len(pictures(new)) == len(pictures(old)), f"{where}: {RESTORE}"
        for one, other in zip(pictures(new), pictures(old), strict=True):
            same = looks_like(picture(one), picture(other))
            assert same, f"{where}: another picture; {RESTORE}"


WRONG = {
    "upside down": ImageOps.flip,
    "mirrored": ImageOps.mirror,
    "inverted": ImageOps.invert,
    "transposed": lambda right: right.transpose(Image.Transpose.TRANSPOSE),
    "darker": lambda right: right.point(lambda value: value * 0.8),
    "empty": lambda right: Image.new("RGB", right.size, "white"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_picture_does_not_look_like_the_right_one(name):
    (first, *_) = (p for cell in code(stored(TEXTS[3])) for p in pictures(cell))
    right = picture(first).convert("RGB")
    assert looks_like(right, right)
    assert not looks_like(right, WRONG[name](right), LOOSE)


def drawn(index=34, size=2.1, **options):
    """Return one slice as a chapter shows it and a notebook stores it."""
    fig = Figure(figsize=(2.8, size), dpi=72)
    options = {"cmap": "gray", "vmin": 0, "vmax": 237, "origin": "lower"} | options
    fig.subplots().imshow(np.asarray(slicekit.load())[..., index], **options)
    png = io.BytesIO()
    fig.savefig(png, bbox_inches="tight")
    data = {"image/png": base64.b64encode(png.getvalue()).decode(), "text/plain": ""}
    shrink({"data": data})
    return picture(data["image/png"])


@pytest.mark.parametrize(
    "change",
    [
        {"index": 35},
        {"vmax": 233},
        {"vmin": 4},
        {"cmap": "bone"},
        {"aspect": 1.05},
        {"extent": (0, 189, 0, 157)},  # half a voxel further, only the labels tell
        {"size": 2.2},
    ],
    ids=str,
)
def test_nor_does_one_that_is_a_little_wrong(change):
    right = drawn()
    assert looks_like(right, drawn(), STRICT)
    assert not looks_like(right, drawn(**change), STRICT)
