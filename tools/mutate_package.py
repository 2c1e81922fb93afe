"""Change every module of the package a little, one place at a time, and see which tests notice.

::

    python tools/mutate_package.py                      all modules, every change
    python tools/mutate_package.py volume plane         some of them
    python tools/mutate_package.py --sample 25          25 changes of each, drawn by a seed
    python tools/mutate_package.py --again              only what nothing noticed last time

It brings docs/mutation_package.md up to date; what was written there by hand stays.

A copy of the clone holds the changed module, so that programs that a test starts find it as
well. Only tests that run the changed line are tried: what each test runs is measured once, and
again when its file or a module that it runs has changed. Of those, the quickest of each test
function come first, at most ``--tests`` in all: so the share that is noticed is a lower bound.
A change that makes the tests hang counts as noticed.
"""

import argparse
import ast
import gc
import os
import random
import re
import shutil
import sys
import tempfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from running_tests import ROOT, Chosen, Place, Tests, ended, measured, tests_of
from small_changes import Change, changes

TABLE = ROOT / "docs" / "mutation_package.md"
HEAVY = ["numpy", "matplotlib.pyplot", "nibabel", "tifffile", "pooch", "PIL.Image", "hypothesis"]
HEAVY += ["jupytext", "nbformat", "IPython", "h5py", "yaml"]  # imported once, before the forks
HAND = "## Changes that change nothing"


def unnoticed(
    module: str, wanted: list[Change], tests: Tests, most: int, places: list[Place]
) -> list[Change]:
    """Return the changes of a module with which all tests that run them still pass."""
    file = f"slicekit/{module}.py"

    def start(place: Place, source: str, names: list[str]) -> int:
        target = place.copy / file
        for stale in target.parent.glob(f"__pycache__/{module}.*"):
            stale.unlink()
        target.write_text(source)
        seconds = 20 + 5 * sum(tests[name][0] for name in names)
        files = sorted({name.split("::")[0] for name in names})
        return place.fork(["-x", *files], lambda: Chosen(names), seconds, None)

    chosen = {change: tests_of(module, change.lines, tests, most) for change in wanted}
    original = (ROOT / file).read_text()
    all_of_them = sorted({name for names in chosen.values() for name in names})
    if wanted and ended(start(places[0], ast.unparse(ast.parse(original)), all_of_them))[1] != 0:
        raise RuntimeError(f"{module}: tests fail without any change; SEE=1 shows which")
    free, busy, alive = list(places), {}, []
    for change in [*wanted, *[None] * len(places)]:
        if busy and (not free or change is None):
            child, code = ended(-1)
            place, done = busy.pop(child)
            free.append(place)
            if code == 0 or code == pytest.ExitCode.NO_TESTS_COLLECTED:
                alive.append(done)
        if change:
            place = free.pop()
            busy[start(place, change.source, chosen[change])] = place, change
    for place in places:
        (place.copy / file).write_text(original)
    return sorted(alive, key=lambda change: change.line)


@dataclass
class Row:
    """What is known of a module: how many changes there are, and what became of them."""

    changes: int
    tried: int
    noticed: int
    same: int  # they change nothing
    alive: list[str]


def last_runs() -> tuple[dict[str, Row], str]:
    """Read the table with what is listed below it, and what was written by hand."""
    page = TABLE.read_text() if TABLE.exists() else f"{HAND}\n"
    rows = {
        name: Row(*map(int, numbers.split(" | ")), [])
        for name, numbers in re.findall(r"^\| (\w+) \| ([\d| ]+) \| [\d.]+% \|$", page, flags=re.M)
        if name != "all"
    }
    for name, line in re.findall(r"^- `((\w+) \d+: .*)`$", page.split(HAND)[0], flags=re.M):
        rows[line].alive.append(name)
    return rows, HAND + page.split(HAND)[1]


def anonymous(line: str) -> str:
    """Return a listed change without the number of its line, which moves."""
    return re.sub(r"^(\w+) \d+: ", r"\1: ", line)


def table(rows: dict[str, Row], by_hand: str) -> str:
    """Write what is known of all modules as a page."""

    def line(name: str, *numbers: int) -> str:
        _, tried, noticed, same = numbers
        share = noticed / max(tried - same, 1)
        return f"| {name} | {' | '.join(map(str, numbers))} | {share:.1%} |"

    numbers = {name: (r.changes, r.tried, r.noticed, r.same) for name, r in sorted(rows.items())}
    lines = [
        "# Small changes to the package, and how many the tests notice",
        "",
        "Written by `python tools/mutate_package.py`, for each module when it was last run. It",
        "makes one small change at a time (another comparison, number, text or operator, a keyword",
        "or a statement left out, nothing returned), and runs tests that run the changed line, at",
        "most 40, until one fails; at most 300 for what these leave. The share is that of the",
        "changes that make a difference.",
        "",
        "| module | changes | tried | noticed | make no difference | share |",
        "|---|---|---|---|---|---|",
        *(line(name, *its) for name, its in numbers.items()),
        line("all", *map(sum, zip(*numbers.values(), strict=True))),
        "",
        "Not noticed:",
        "",
        *(f"- `{change}`" for row in rows.values() for change in row.alive),
        "",
    ]
    return "\n".join(lines) + "\n" + by_hand


def main() -> None:
    """Change the modules named on the command line, or all; bring the table up to date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*")
    parser.add_argument("--sample", type=int, help="changes of each module; default: all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="only those that are listed")
    parser.add_argument("--tests", type=int, default=40, help="for each change, at most")
    parser.add_argument("--jobs", type=int, default=2)
    wanted = parser.parse_args()
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    sys.path.insert(0, str(ROOT))
    for name in ["conftest", *HEAVY]:
        import_module(name)
    home = Path(tempfile.mkdtemp(prefix="mutants-"))
    try:
        places = [Place(home, number) for number in range(wanted.jobs)]
        tests = measured(places[0])
        for place in places:  # compile it all
            ended(place.fork(["--collect-only", "tests"], lambda: Chosen([]), 300, None))
        sys.dont_write_bytecode = True
        gc.freeze()  # forks need not look for garbage in what they did not make
        modules = wanted.modules or sorted(p.stem for p in (ROOT / "slicekit").glob("*.py"))
        for module in modules:
            try:
                run(module, wanted, tests, places)
            except RuntimeError as fault:
                print(fault, flush=True)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def run(module: str, wanted: argparse.Namespace, tests: Tests, places: list[Place]) -> None:
    """Change one module, and bring its row up to date."""
    possible = list(changes((ROOT / "slicekit" / f"{module}.py").read_text()))
    named = {change: f"{module} {change.line}: {change.words}" for change in possible}
    drawn = possible
    if wanted.again:
        listed = {anonymous(line) for line in last_runs()[0][module].alive}
        drawn = [change for change in possible if anonymous(named[change]) in listed]
    elif wanted.sample and wanted.sample < len(possible):
        drawn = random.Random(wanted.seed).sample(possible, wanted.sample)
    alive = unnoticed(module, drawn, tests, wanted.tests, places)
    rows, by_hand = last_runs()
    explained = set(re.findall(r"^- `(\w+: .*?)`: ", by_hand, flags=re.M))
    left = [named[change] for change in alive if anonymous(named[change]) not in explained]
    row = Row(len(possible), len(drawn), len(drawn) - len(alive), len(alive) - len(left), left)
    if wanted.again:
        old = rows[module]
        row.tried += old.tried - len(old.alive)
        row.noticed, row.same = old.noticed + row.noticed, old.same + row.same
    TABLE.write_text(table(rows | {module: row}, by_hand))
    print(f"{module}: {len(drawn)} changes tried, {len(left)} not noticed", flush=True)


if __name__ == "__main__":
    main()
