"""The small changes with which tools/mutate_package.py tries the tests."""

import ast

import pytest
from small_changes import changes

MODULE = '''"""Words for readers."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import json
__all__ = ["f"]
LIMIT = 3  # of something


def f(a: "int | None" = None, *, b: bool = True) -> "str":
    """More words."""
    assert a != 4
    return a + LIMIT
'''


def made(source):
    return {change.words.split(" in: ")[0] for change in changes(source)}


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("a < 1", {"Lt -> LtE", "1 -> 2"}),
        ("a is None", {"Is -> IsNot"}),
        ("f(x, k=a)", {"without k=", "left out"}),
        ("f(*a, **k)", {"left out"}),
        ("zip(a, strict=True)", {"left out"}),
        ("a.b = not c", {"left out", "without not"}),
        ("a -= -b", {"left out", "Sub -> Add", "USub -> UAdd"}),
        ("def f():\n    return a[1:n]", {"return None", "without lower end", "without upper end"}
            | {"1 -> 2"}),
        ("for a in b:\n    break", {"Break -> Continue"}),
        ("while a:\n    continue", {"opposite test", "Continue -> Break"}),
        ("b = 'x' if a else True", {"opposite test", "'x' -> 'xx'", "True -> False"}),
        ("raise a", {"left out"}),
        ("a and b", {"And -> Or"}),
        ("b = a or None", {"Or -> And", "None -> 1"}),
    ],
)  # fmt: skip
def test_the_small_changes_of_a_line(source, words):
    assert made(source) == words


def test_what_is_for_readers_and_type_checkers_is_left_alone():
    assert made(MODULE) == {
        "3 -> 4",
        "None -> 1",
        "True -> False",
        "Add -> Sub",
        "return None",
    }


def test_a_change_knows_its_line_and_who_runs_it():
    found = {change.words: change for change in changes(MODULE)}
    limit = found["3 -> 4 in: LIMIT = 3"]
    assert (limit.line, limit.lines) == (6, {12})  # where it is used
    default = found["True -> False in: " + MODULE.splitlines()[8]]
    assert default.line == 9
    assert default.lines == {10, 11, 12}  # where the function runs
    assert "b: bool=False" in default.source
    assert found["Add -> Sub in: return a + LIMIT"].lines == {12}


def test_a_constant_inside_another_is_used_where_that_one_is():
    source = "FLAG = 1\nKINDS = {\n    'a': FLAG,\n}\ndef f():\n    return KINDS"
    lines = {change.words: change.lines for change in changes(source)}
    assert lines["1 -> 2 in: FLAG = 1"] == {3, 6}
    assert lines["'a' -> 'ax' in: 'a': FLAG,"] == {6}


def test_every_change_is_another_one_and_can_be_compiled():
    sources = [change.source for change in changes(MODULE)]
    assert len({*sources}) == len(sources)
    assert ast.unparse(ast.parse(MODULE)) not in sources
    for source in sources:
        compile(source, "changed", "exec")
