"""Change every literal, keyword and index of the chapters a little, and see who notices.

::

    python tools/mutate_chapters.py             all chapters
    python tools/mutate_chapters.py 03 05       some of them
    python tools/mutate_chapters.py --again     only what nothing noticed last time

It brings docs/mutation.md up to date; what was written there by hand stays.

For every code cell, every small change is made in turn, the chapter is run from there to
its end, and its outputs are compared with the stored ones: all text as nbval compares it, and
the pictures as tests/test_chapters.py does. A definition that is, word for word, slicekit's own
counts as noticed: a test compares the two. A change that nothing notices is a survivor. To be
quick, each chapter runs once in a process of its own, which forks before each cell.
"""

import ast
import copy
import os
import pickle
import re
import reprlib
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from build_chapters import CHAPTERS, ROOT, environment, shrink
from definitions import plain_functions
from IPython.core.inputtransformer2 import TransformerManager

environment()  # that of the tests, before Matplotlib is imported

from likeness import looks_like, picture  # noqa: E402

TABLE = ROOT / "docs" / "mutation.md"

HAND = "## Changes that change nothing"
Outputs = tuple[str, list[dict[str, Any]]]  # all text of a cell, and its pictures


def changes(source: str) -> Iterator[tuple[str, str]]:
    """Yield every small change of a cell: what was changed in which line, and the changed cell."""
    cell = TransformerManager().transform_cell(source)
    tree, texts, said = ast.parse(cell), cell.splitlines(), Counter[str]()
    for number, node in enumerate(ast.walk(tree)):
        for words, change in _changes_of(node):
            changed = copy.deepcopy(tree)
            twin = list(ast.walk(changed))[number]
            change(twin)
            where = texts[node.lineno - 1].split("  # ")[0].strip()  # type: ignore[attr-defined]
            said[f"{words} in: {where}"] += 1
            again = said[f"{words} in: {where}"]
            told = f"{words}{f' ({again})' if again > 1 else ''} in: {where}"
            yield told, ast.unparse(ast.fix_missing_locations(changed))


def _changes_of(node: ast.AST) -> Iterator[tuple[str, Any]]:
    if isinstance(node, ast.Constant):
        for value in _neighbours(node.value):
            yield (
                f"{short(node.value)} -> {short(value)}",
                lambda n, v=value: setattr(n, "value", v),
            )
    elif isinstance(node, ast.Call):
        for place, keyword in enumerate(node.keywords):
            if keyword.arg:
                yield f"without {keyword.arg}=", lambda n, p=place: n.keywords.pop(p)
    elif isinstance(node, ast.BinOp):
        other = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Div: ast.Mult, ast.Mult: ast.Div}
        for old, new in other.items():
            if isinstance(node.op, old):
                yield f"{old.__name__} -> {new.__name__}", lambda n, o=new: setattr(n, "op", o())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        yield "no minus", lambda n: setattr(n, "op", ast.UAdd())
    elif isinstance(node, ast.Attribute) and node.attr == "T":
        yield "no .T", lambda n: setattr(n, "attr", "real")


def short(value: Any) -> str:
    """Return what a literal looks like, without the middle of a long one."""
    return reprlib.repr(value) if isinstance(value, str) else repr(value)


def _neighbours(value: Any) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value - 1]
    if isinstance(value, float):
        return [value * 2, value / 2]
    if isinstance(value, str):
        return [value + "x", ""] if value else ["x"]
    return []


class Shell:
    """An IPython that collects a cell's outputs the way nbval reads them."""

    def __init__(self) -> None:
        from IPython.core.displayhook import DisplayHook
        from IPython.core.interactiveshell import InteractiveShell
        from IPython.utils.capture import capture_output

        class Publishing(DisplayHook):
            """What a cell ends with comes out like what it displays, pictures and all."""

            def write_output_prompt(self) -> None:
                pass

            def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
                self.shell.display_pub.publish(format_dict, md_dict)

        class NoWindows(InteractiveShell):
            kernel = "none, but slicekit takes this for a notebook"
            displayhook_class = Publishing

            def enable_gui(self, gui: str | None = None) -> None:
                pass

        self.shell, self.capture = NoWindows.instance(), capture_output

    def run(self, source: str) -> Outputs:
        """Execute a cell; return what it puts out."""
        with self.capture() as captured:
            result = self.shell.run_cell(source, silent=False, store_history=False)
        if not result.success:
            return f"error: {result.error_before_exec or result.error_in_exec!r}", []
        data = [out.data for out in captured.outputs]
        return outputs([captured.stdout, captured.stderr], data)


def outputs(streams: list[str], data: list[dict[str, Any]]) -> Outputs:
    """Return the text and the pictures of a cell."""
    texts = [*streams, *(its.get("text/plain", "") for its in data)]
    return words(texts), [its for its in data if "image/png" in its]


def same(fresh: Outputs, stored: Outputs) -> bool:
    """Return whether a cell says and shows what is stored."""
    if fresh[0] != stored[0] or len(fresh[1]) != len(stored[1]):
        return False
    for data in fresh[1]:
        shrink({"data": data})
    pairs = zip(fresh[1], stored[1], strict=True)
    return all(looks_like(*(picture(its["image/png"]) for its in pair)) for pair in pairs)


def words(texts: list[str]) -> str:
    """Join texts, whatever the number of empty lines between them."""
    return re.sub(r"\n+", "\n", "\n".join(texts)).strip()


def stored(text: Path) -> list[Outputs]:
    """Return what the notebook of a chapter holds, by code cell."""
    import nbformat

    notebook = nbformat.read(text.with_suffix(".ipynb"), as_version=4)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for cell in cells:
        streams = {"stdout": "", "stderr": ""}
        for output in cell.outputs:
            if output.output_type == "stream":
                streams[output.name] += output.text
        data = [output.data for output in cell.outputs if output.output_type != "stream"]
        found.append(outputs([*streams.values()], data))
    return found


def in_a_child(work: Any, seconds: int = 0) -> Any:
    """Run a function in a fork and return what it returns, or None if the fork died or hung."""
    with tempfile.NamedTemporaryFile(dir=ROOT / "tools") as file:
        child = os.fork()
        if child == 0:
            signal.alarm(seconds)
            try:
                Path(file.name).write_bytes(pickle.dumps(work()))
            except BaseException as fault:
                print(fault, file=sys.stderr)
            os._exit(0)
        os.waitpid(child, 0)
        answer = Path(file.name).read_bytes()
    return pickle.loads(answer) if answer else None


class Folder:
    """A folder for temporary files that can be put back as it was: forks share the disk."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp())
        self.place, self.copy = self.home / "now", self.home / "kept"
        self.place.mkdir()
        tempfile.tempdir = str(self.place)

    def keep(self) -> None:
        """Remember what is in the folder."""
        copied(self.place, self.copy)

    def restore(self) -> None:
        """Put back what was in the folder."""
        copied(self.copy, self.place)


def copied(source: Path, target: Path) -> None:
    """Copy a folder over another one. A GiB of nothing in a file stays nothing, as cp knows."""
    shutil.rmtree(target, ignore_errors=True)
    subprocess.run(["cp", "-a", source, target], check=True)


@cache
def shipped() -> dict[str, Any]:
    """Return all that slicekit defines."""
    found = {}
    for path in sorted((ROOT / "slicekit").glob("*.py")):
        found |= plain_functions(path.read_text())
    return found


def compared_with_the_package(source: str, changed: str) -> bool:
    """Return whether only definitions differ that a test compares with slicekit's own."""
    if "%" in source[:1]:
        return False
    ours, theirs, package = plain_functions(source), plain_functions(changed), shipped()
    differing = [name for name in ours if ours[name] != theirs.get(name)]
    return bool(differing) and all(ours[name] == package.get(name) for name in differing)


def survivors(text: Path, wanted: set[str] | None) -> tuple[int, list[str]]:
    """Return how many changes a chapter allows, and those of the wanted that nothing noticed."""
    import jupytext

    sources = [c.source for c in jupytext.read(text).cells if c.cell_type == "code"]
    expected, shell, folder, count, alive = stored(text), Shell(), Folder(), 0, []

    def unnoticed(place: int, changed: str) -> bool:
        for number in range(place, len(sources)):
            source = changed if number == place else sources[number]
            if not same(shell.run(source), expected[number]):
                return False
        return True

    for place, source in enumerate(sources):
        folder.keep()
        for where, changed in changes(source):
            count += 1
            told = f"{text.stem[:2]}, code cell {place + 1}: {where}"
            if wanted is not None and anonymous(told) not in wanted:
                continue
            if compared_with_the_package(source, changed):
                continue
            found = in_a_child(lambda p=place, c=changed: unnoticed(p, c), seconds=300)
            folder.restore()
            if found is None:
                print(f"{told}: hangs, or ends Python", flush=True)
            elif found:
                alive.append(told)
        if not same(shell.run(source), expected[place]):
            raise RuntimeError(f"{text.stem}, code cell {place + 1} differs without any change")
    return count, alive


@dataclass
class Row:
    """What is known of a chapter: how many changes there are, and what became of them."""

    changes: int
    noticed: int
    same: int  # they change nothing
    alive: list[str]


def main() -> None:
    """Mutate the chapters named on the command line, or all of them; bring the table up to date."""
    named = tuple(argument for argument in sys.argv[1:] if argument != "--again") or ("",)
    texts = [t for t in sorted(CHAPTERS.glob("[0-9][0-9]_*.md")) if t.name.startswith(named)]
    os.chdir(CHAPTERS)
    sys.path.insert(0, str(CHAPTERS))
    rows, by_hand = last_runs()
    explained = set(re.findall(r"^- `(\d\d: .*?)`: ", by_hand, flags=re.M))
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = {}
        for text in texts:
            again = "--again" in sys.argv
            wanted = explained | {*map(anonymous, rows[text.stem].alive)} if again else None
            runs[pool.submit(in_a_child, partial(survivors, text, wanted))] = text.stem
        for run in as_completed(runs):
            count, alive = run.result() or sys.exit(f"{runs[run]}: it did not come to its end")
            left = [line for line in alive if anonymous(line) not in explained]
            rows[runs[run]] = Row(count, count - len(alive), len(alive) - len(left), left)
            TABLE.write_text(table(rows, by_hand))
            print(f"{runs[run]}: {count} changes, {len(left)} not noticed", flush=True)


def last_runs() -> tuple[dict[str, Row], str]:
    """Read the table with what is listed below it, and what was written by hand."""
    listed, by_hand = TABLE.read_text().split(HAND)
    rows = {
        name: Row(*map(int, numbers.split(" | ")), [])
        for name, numbers in re.findall(r"^\| (\d\d_\w+) \| ([\d| ]+) \|", listed, flags=re.M)
    }
    for line, number in re.findall(r"^- `((\d\d), .*)`$", listed, flags=re.M):
        next(row for name, row in rows.items() if name.startswith(number)).alive.append(line)
    return rows, HAND + by_hand


def anonymous(line: str) -> str:
    """Return a listed change without the number of its cell, which moves."""
    return re.sub(r"^(\d\d), code cell \d+: ", r"\1: ", line)


def table(rows: dict[str, Row], by_hand: str) -> str:
    """Write what is known of all chapters as a page."""

    def line(name: str, count: int, noticed: int, same: int) -> str:
        return f"| {name} | {count} | {noticed} | {same} | {noticed / (count - same):.1%} |"

    numbers = {name: (row.changes, row.noticed, row.same) for name, row in sorted(rows.items())}
    lines = [
        "# Small changes to the chapters, and how many the tests notice",
        "",
        "Written by `python tools/mutate_chapters.py`, for each chapter when it was last run. It",
        "changes each literal, keyword and index of every code cell a little, one at a time, and",
        "compares all that the chapter then puts out with what is stored: text as nbval does,",
        "pictures as `tests/test_chapters.py` does; and definitions that are slicekit's own with",
        "those in the package. The share is that of the changes that make a difference.",
        "",
        "| chapter | changes | noticed | make no difference | share |",
        "|---|---|---|---|---|",
        *(line(name, *its) for name, its in numbers.items()),
        line("all", *map(sum, zip(*numbers.values(), strict=True))),
        "",
        "Not noticed:",
        "",
        *(f"- `{change}`" for _, row in sorted(rows.items()) for change in row.alive),
        "",
    ]
    return "\n".join(lines) + "\n" + by_hand


if __name__ == "__main__":
    main()
