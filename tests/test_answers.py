"""What `check` says to right answers and to wrong ones, and that no hint is left untried."""

import ast
import re
from collections import Counter
from contextlib import redirect_stdout
from functools import cache
from inspect import signature
from io import StringIO
from linecache import cache as lines
from pathlib import Path

import answers_with_keys
import answers_with_memory
import answers_with_pages
import answers_with_places
import answers_with_slices
import answers_with_viewers
import matplotlib.pyplot as plt
import numpy as np
import pytest

import checks

ANSWERS = [
    *answers_with_slices.ANSWERS,
    *answers_with_keys.ANSWERS,
    *answers_with_viewers.ANSWERS,
    *answers_with_places.ANSWERS,
    *answers_with_memory.ANSWERS,
    *answers_with_pages.ANSWERS,
]

# how it is called, and words of what it says
CALLS = [
    (("05-core",), 'write check("05-core", first_slice, last_slice)'),
    (("05-core", len), 'write check("05-core", first_slice, last_slice)'),
    (("01-core", 1, 2), 'write check("01-core", helmet)'),
    (("07-core",), 'write check("07-core", MeanBelow)'),
    (("5-core", len, len), "there is no exercise '5-core'; its name is in its cell"),
    ((np.zeros(3), "01-core"), "the name of the exercise comes first, in quotes"),
    ((None,), "the name of the exercise comes first, in quotes"),
]


def said(*call):
    """Return what `check` prints."""
    with redirect_stdout(StringIO()) as out:
        checks.check(*call)
    return out.getvalue()


def keymaps():
    return {name: list(plt.rcParams[name]) for name in plt.rcParams if "keymap." in name}


@cache
def said_to(number):
    """Return what `check` prints to an answer, and make sure that it leaves nothing behind."""
    exercise, _, answer, _ = ANSWERS[number]
    with plt.rc_context():
        answer = answer()
        several = len(signature(checks.HINTS[exercise]).parameters) > 1
        answers = answer if several else (answer,)
        before = plt.get_fignums(), keymaps()
        words = said(exercise, *answers)
        assert (plt.get_fignums(), keymaps()) == before
    plt.close("all")
    return words


@pytest.mark.parametrize(
    "number", range(len(ANSWERS)), ids=[f"{exercise} {what}" for exercise, what, _, _ in ANSWERS]
)
def test_an_answer(number):
    words = ANSWERS[number][-1]
    if words == "correct":
        assert said_to(number) == "correct\n"
    else:
        assert re.fullmatch(f"not yet: .*{re.escape(words)}.*\n", said_to(number))


@pytest.mark.parametrize(("call", "words"), CALLS)
def test_a_call(call, words):
    assert said(*call).startswith(f"not yet: {words}")


@pytest.mark.parametrize(
    ("exercise", "viewer"),
    [
        ("06-core", lambda: answers_with_keys.ball_viewer()),
        ("08-core", lambda: answers_with_viewers.side(index=4)),
        (
            "08-stretch",
            lambda: answers_with_viewers.scrolled(
                answers_with_viewers.filmed(points=[[1, 2, 3]]), t=2
            ),
        ),
    ],
)
def test_a_viewer_is_left_as_it_was_and_can_be_checked_again(exercise, viewer):
    viewer = viewer()
    for _ in range(2):
        before = on_show(getattr(viewer, "fig", viewer)), len(getattr(viewer, "points", ()))
        assert said(exercise, viewer) == "correct\n"
        assert before == (
            on_show(getattr(viewer, "fig", viewer)),
            len(getattr(viewer, "points", ())),
        )


def on_show(fig):
    """Return what can be seen, as a picture in bytes."""
    fig.canvas.draw()
    return bytes(fig.canvas.buffer_rgba())


def test_the_ball_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        checks.ball[0] = 0


def test_every_exercise_has_five_wrong_answers_and_two_right_ones():
    """Beside the solution."""
    right = Counter(exercise for exercise, _, _, words in ANSWERS if words == "correct")
    wrong = Counter(exercise for exercise, _, _, words in ANSWERS if words != "correct")
    assert {exercise for exercise in checks.HINTS if right[exercise] < 2} == set()
    assert {exercise for exercise in checks.HINTS if wrong[exercise] < 5} == set()


def test_no_two_answers_have_the_same_name():
    assert len({answer[:2] for answer in ANSWERS}) == len(ANSWERS)


def said_to_a_broken_cell():
    """Return what `check` prints to a function of a notebook, whose cells are `__main__`."""
    cell = "def turned(volume):\n    return slicekit.Volume(volume)\n"
    lines["<cell>"] = len(cell), None, cell.splitlines(True), "<cell>"
    names = {"__name__": "__main__"}
    exec(compile(cell, "<cell>", "exec"), names)
    return said("04-stretch", names["turned"])


def test_an_error_is_told_with_the_readers_own_line():
    told = said_to_a_broken_cell()
    assert "NameError: name 'slicekit' is not defined" in told
    assert told.endswith(", in the line: return slicekit.Volume(volume)\n")


class Hints(ast.NodeVisitor):
    """Collects what functions can say: each string of two words or more, docstrings aside."""

    def __init__(self, source):
        self.found = []
        for node in ast.parse(source).body:
            if isinstance(node, ast.FunctionDef):
                self.visit(node)

    def visit_Expr(self, node):
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, str):
            self.keep(node.value, re.escape(node.value))

    def visit_JoinedStr(self, node):
        pieces = [getattr(piece, "value", None) for piece in node.values]
        words = [piece if isinstance(piece, str) else None for piece in pieces]
        pattern = "".join(".+" if word is None else re.escape(word) for word in words)
        self.keep("...".join(filter(None, words)), pattern)

    def keep(self, words, pattern):
        if re.search(r"\w\W+\w", words) and " " in words:
            self.found.append((words, pattern))


def untried(source, said):
    """Return the hints in a source that were never said."""
    return [words for words, pattern in Hints(source).found if not re.search(pattern, said)]


SOURCE = Path(checks.__file__).read_text()


def test_every_hint_has_an_answer_that_gets_it():
    told = [*map(said_to, range(len(ANSWERS))), *(said(*call) for call, _ in CALLS)]
    told = "".join([*told, said_to_a_broken_cell()])
    assert untried(SOURCE, told) == []
    another = '\n\ndef _new(answer):\n    return f"a hint on {answer} that nobody tried"\n'
    assert untried(SOURCE + another, told) == ["a hint on ... that nobody tried"]


def test_no_two_hints_are_alike():
    """Or an answer that gets the one would stand for the other."""
    repeated = [words for words, count in Counter(Hints(SOURCE).found).items() if count > 1]
    assert repeated == []
