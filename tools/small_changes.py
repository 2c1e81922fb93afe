"""Every small change that can be made to a module, and which lines a test runs that may notice."""

import ast
import copy
import reprlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Mult, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult},
    **{ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd, ast.USub: ast.UAdd},
}
NOT_CODE = {"annotation", "returns", "type_params"}
IDENTITY = (ast.Is, ast.IsNot)  # None and nothing else stands behind them
NOT_BEHAVIOUR = {"__all__", "__version__"}


@dataclass(frozen=True)
class Change:
    """One change of a module."""

    line: int
    words: str  # what is changed to what, in which line
    lines: frozenset[int]  # who runs one of these runs the change
    source: str  # of the changed module


def changes(source: str) -> Iterator[Change]:
    """Yield every small change of a module, each once."""
    tree, texts = ast.parse(source), source.splitlines()
    for number, node in enumerate(ast.walk(tree)):
        node.number = number  # type: ignore[attr-defined]
    seen, said = {ast.unparse(tree)}, Counter[str]()
    for node, lines in _places(tree, frozenset(), tree):
        for words, change in _changes_of(node):
            changed = copy.deepcopy(tree)
            change(next(twin for twin in ast.walk(changed) if twin.number == node.number))
            text = ast.unparse(ast.fix_missing_locations(changed))
            if text not in seen:
                seen.add(text)
                where = texts[node.lineno - 1].split("  # ")[0].strip()
                said[f"{words} in: {where}"] += 1
                again = said[f"{words} in: {where}"]
                number = f" ({again})" if again > 1 else ""
                yield Change(node.lineno, f"{words}{number} in: {where}", lines, text)


def _places(
    node: ast.AST, lines: frozenset[int], tree: ast.AST, runs: bool = False
) -> Iterator[tuple[Any, frozenset[int]]]:
    """Yield all nodes whose change may matter, with the lines that run them.

    A default or a decorator is noticed where the function runs, a constant of a module or
    of a class where its name is used.
    """
    if hasattr(node, "lineno"):
        yield node, lines
    runs = runs or isinstance(node, ast.FunctionDef)
    for child in _children(node):
        told = lines
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            told = frozenset(range(child.body[0].lineno, child.end_lineno + 1))
        elif isinstance(child, ast.stmt):
            told = _header(child) if runs else _uses(child, tree)
        yield from _places(child, told, tree, runs)


def _children(node: ast.AST) -> Iterator[Any]:
    """Yield what is inside a node, but no annotations, docstrings or assertions."""
    for field, value in ast.iter_fields(node):
        if field in NOT_CODE or (field == "comparators" and isinstance(node.ops[0], IDENTITY)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_told(child):
                yield child


def _is_told(node: ast.AST) -> bool:
    """Return whether something is said for readers and type checkers only."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign):
        return bool(_names(node) & NOT_BEHAVIOUR)
    if isinstance(node, ast.If):
        return ast.unparse(node.test) == "TYPE_CHECKING"
    if isinstance(node, ast.keyword):
        return node.arg == "strict"  # of zip: an assertion
    return isinstance(node, ast.Assert | ast.Import | ast.ImportFrom)


def _header(node: Any) -> frozenset[int]:
    """Return the lines of a statement, without those inside it."""
    inside = [s.lineno for s in getattr(node, "body", [])] or [node.end_lineno + 1]
    return frozenset(range(node.lineno, max(inside[0], node.lineno + 1)))


def _names(node: ast.AST) -> set[str]:
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }


def _uses(node: Any, tree: ast.AST) -> frozenset[int]:
    """Return where the names that a statement defines are used otherwise.

    Where another constant is made of them, also where that one is used.
    """
    names, own = _names(node), range(node.lineno, node.end_lineno + 1)
    used = [n for n in ast.walk(tree) if isinstance(n, ast.Name | ast.Attribute)]
    lines = {n.lineno for n in used if (getattr(n, "id", 0) or n.attr) in names} - {*own}
    for other in tree.body:
        later = isinstance(other, ast.Assign | ast.AnnAssign) and other.lineno > node.lineno
        if later and lines & {*range(other.lineno, other.end_lineno + 1)}:
            lines |= _uses(other, tree)
    return frozenset(lines)


def _changes_of(node: Any) -> Iterator[tuple[str, Callable[[Any], object]]]:
    if isinstance(node, ast.Constant):
        for value in _neighbours(node.value):
            words = f"{reprlib.repr(node.value)} -> {reprlib.repr(value)}"
            yield words, lambda n, v=value: setattr(n, "value", v)
    elif isinstance(node, ast.Compare):
        for place, old in enumerate(node.ops):
            new = SWAPS[type(old)]
            yield _swap(old, new), lambda n, p=place, new=new: n.ops.__setitem__(p, new())
    elif isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            if keyword.arg and not _is_told(keyword):
                yield f"without {keyword.arg}=", lambda n, p=place: n.keywords.pop(p)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "without not", lambda n: _become(n, n.operand)
    elif isinstance(node, ast.BinOp | ast.BoolOp | ast.AugAssign | ast.UnaryOp):
        if new := SWAPS.get(type(node.op)):
            yield _swap(node.op, new), lambda n: setattr(n, "op", new())
    elif isinstance(node, ast.Slice):
        for end in ("lower", "upper"):
            if getattr(node, end):
                yield f"without {end} end", lambda n, end=end: setattr(n, end, None)
    elif isinstance(node, ast.Break | ast.Continue):
        new = ast.Continue if isinstance(node, ast.Break) else ast.Break
        yield f"{_swap(node, new)}", lambda n: _become(n, new())
    elif isinstance(node, ast.Return) and node.value and not _is_none(node.value):
        yield "return None", lambda n: setattr(n, "value", ast.Constant(None))
    if isinstance(node, ast.If | ast.IfExp | ast.While) and not _is_decided(node.test):
        yield "opposite test", lambda n: setattr(n, "test", ast.UnaryOp(ast.Not(), n.test))
    if _does_something(node):
        yield "left out", lambda n: _become(n, ast.Pass())


def _neighbours(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return [value + 1]
    if isinstance(value, str):
        return [value + "x"]
    return [1] if value is None else []


def _swap(old: ast.AST, new: type[ast.AST]) -> str:
    return f"{type(old).__name__} -> {new.__name__}"


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_decided(node: ast.AST) -> bool:
    """Return whether a test is changed by itself already."""
    return isinstance(node, ast.Compare | ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
    )


def _does_something(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    if isinstance(node, ast.Assign):
        return any(isinstance(t, ast.Attribute | ast.Subscript) for t in node.targets)
    if isinstance(node, ast.AnnAssign):
        return isinstance(node.target, ast.Attribute) and node.value is not None
    return isinstance(node, ast.AugAssign | ast.Delete | ast.Raise)


def _become(node: Any, other: ast.AST) -> None:
    """Put another node in the place of one."""
    where = {name: getattr(node, name) for name in ("lineno", "col_offset")}
    node.__class__ = other.__class__
    node.__dict__.clear()
    node.__dict__.update(where | vars(other))
