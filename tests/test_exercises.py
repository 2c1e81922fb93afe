"""The exercises: stubs get a hint that helps to begin, solutions pass."""

import os
import re

import jupytext
import pytest
from build_chapters import CHAPTERS, execute, read
from nbformat.v4 import new_code_cell
from test_answers import ANSWERS

import checks

TEXTS = sorted(CHAPTERS.glob("[0-9][0-9]_*.md"))


def exercises(path):
    """Return the cells of a text that are exercises, by name."""
    found = {}
    for cell in jupytext.read(path).cells:
        for tag in cell.metadata.get("tags", []):
            if tag.startswith("exercise-"):
                found[tag.removeprefix("exercise-")] = cell.source
    return found


def told(cell):
    """Return what a cell printed."""
    return "".join(o.text for o in cell.outputs if o.output_type == "stream")


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_every_exercise_has_one_stub_one_solution_and_one_check(text):
    number = text.stem[:2]
    names = {f"{number}-core", f"{number}-stretch"}
    assert set(exercises(text)) == names
    assert set(exercises(CHAPTERS / "solutions" / text.name)) == names
    assert names <= set(checks.HINTS)


def test_no_check_is_left_over():
    assert len(checks.HINTS) == 2 * len(TEXTS)


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_the_solution_passes_in_its_chapter_again_and_in_any_order(text):
    """The stretch before the core, after an error, and both a second time."""
    core, stretch = exercises(CHAPTERS / "solutions" / text.name).values()
    notebook = read(text)
    stubs = [cell for cell in notebook.cells if "exercise" in str(cell.metadata.get("tags"))]
    first, order = notebook.cells.index(stubs[0]), (stretch, core, core, stretch)
    broken = new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]})
    solved = [new_code_cell(source) for source in order]
    notebook.cells = [*notebook.cells[:first], *reversed(stubs), broken, *solved]
    execute(notebook, dict(os.environ))
    assert all(told(stub).startswith("not yet: ") for stub in stubs)
    assert [told(cell) for cell in solved] == ["correct\n"] * 4


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.stem)
def test_the_untouched_stub_is_told_how_to_begin(text):
    """The notebook stores what the table of answers says."""
    words = {exercise: words for exercise, what, _, words in ANSWERS if what == "untouched"}
    for cell in jupytext.read(text.with_suffix(".ipynb")).cells:
        for tag in cell.metadata.get("tags", []):
            assert words[tag.removeprefix("exercise-")] in told(cell)
            assert re.fullmatch(r"not yet: .{20,}\n", told(cell))
