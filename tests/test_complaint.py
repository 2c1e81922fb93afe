"""What an error says: one line of letters that can be printed, and not too many."""

import re

import pytest

from slicekit.complaint import in_one_line, naming, told


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("one\n two\t\r\n three ", "one two three"),
        ("a\x1b[2Jb\x00c", "a\\x1b[2Jb\\x00c"),
        ("\udcff\u202e", "\\udcff\\u202e"),
        ("\u00fc \u2264", "\u00fc \u2264"),
        (ValueError("odd"), "odd"),
        ("x" * 400, "x" * 400),
        ("x" * 401, "x" * 397 + "..."),
        ("\x00" * 101, "\\x00" * 99 + "\\..."),
    ],
)
def test_words_in_one_line(words, line):
    assert in_one_line(words) == line


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("a\nb", "'a\\nb'"),
        (None, "None"),
        ("x" * 78, f"'{'x' * 78}'"),
        ("x" * 79, f"'{'x' * 76}..."),
    ],
)
def test_a_value_is_told_by_how_it_looks(value, words):
    assert told(value) == words


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (TypeError, TypeError),
        (AttributeError, TypeError),
        (ValueError, ValueError),
        (KeyError, ValueError),
    ],
)
def test_keywords_that_matplotlib_cannot_use_are_named(fault, kind):
    long = fault("x" * 300)
    words = f"Matplotlib cannot use alpha=2, cmap='{'y' * 76}...: {in_one_line(long, 200)}"
    with pytest.raises(kind, match=f"^{re.escape(words)}$"), naming({"alpha": 2, "cmap": "y" * 90}):
        raise long


def test_where_there_is_no_keyword_the_fault_is_another():
    fault = KeyError("gone")
    with pytest.raises(KeyError) as caught, naming({}):
        raise fault
    assert caught.value is fault


class Unspeakable:
    def __repr__(self):
        raise RuntimeError("no words")


def test_what_cannot_tell_what_it_is_is_told_by_its_kind():
    assert told(Unspeakable()) == "<Unspeakable>"
