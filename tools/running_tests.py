"""Copies of the clone in which forks run tests, and which lines of the package each test runs."""

import faulthandler
import hashlib
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import coverage
import pytest

ROOT = Path(__file__).parents[1]
MEASURED = ROOT / ".mutation"  # what each test runs, and how long it takes
# these test the chapters, the book, the kit or whole environments, and no module of its own
LARGE = {"chapters", "environment", "exercises", "gallery", "kit", "sabotage", "site"}
LARGE |= {"doctor", "memory", "teaching"}
OPTIONS = ["-q", "-p", "no:cacheprovider", "-W", "ignore::pytest.PytestAssertRewriteWarning"]

Tests = dict[str, tuple[float, dict[str, list[int]]]]  # by name: seconds, and lines by module


class Chosen:
    """A pytest plugin: these tests and no others, in this order."""

    def __init__(self, names: list[str]) -> None:
        self.rank = {name: rank for rank, name in enumerate(names)}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep what was chosen, in this order."""
        items[:] = [item for item in items if item.nodeid in self.rank]
        items.sort(key=lambda item: self.rank[item.nodeid])


class Measure:
    """A pytest plugin: which lines of the package each test runs, and how long it takes."""

    def __init__(self, place: Path) -> None:
        self.coverage = coverage.Coverage(data_file=None, source=[str(place / "slicekit")])
        self.seconds: dict[str, float] = {}
        self.failed: set[str] = set()
        self.coverage.start()

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Tell coverage which test comes now."""
        self.coverage.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up how long setting up, running and leaving a test takes."""
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if report.failed:  # some need a clone, and this is a copy of one
            self.failed.add(report.nodeid)

    def found(self) -> Tests:
        """Return what was measured of the tests that pass."""
        self.coverage.stop()
        data = self.coverage.get_data()
        passed = {name: s for name, s in self.seconds.items() if name not in self.failed}
        found: Tests = {name: (seconds, {}) for name, seconds in passed.items()}
        for path in data.measured_files():
            for line, names in data.contexts_by_lineno(path).items():
                for name in set(names) & set(found):
                    found[name][1].setdefault(Path(path).stem, []).append(line)
        return found


class Place:
    """A copy of the clone in which a fork runs tests."""

    def __init__(self, home: Path, number: int) -> None:
        self.copy, self.temporary = home / f"copy{number}", home / f"tmp{number}"
        litter = shutil.ignore_patterns(".*", "__pycache__", "frontends", "offline", "site", "dist")
        shutil.copytree(ROOT, self.copy, ignore=litter)

    def fork(self, arguments: list[str], plugin: Any, seconds: float, answer: Path | None) -> int:
        """Run pytest here in a child with a time limit; return the child."""
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir()
        child = os.fork()
        if child:
            return child
        os.setsid()
        # no alarm, since a test of Ctrl-C takes that for itself
        faulthandler.dump_traceback_later(seconds, exit=True)
        resource.setrlimit(resource.RLIMIT_DATA, (2**33, 2**33))
        os.chdir(self.copy)
        sys.path[:] = [str(self.copy), *(p for p in sys.path if not p.startswith(str(ROOT)))]
        os.environ |= {"PYTHONPATH": str(self.copy), "TMPDIR": str(self.temporary)}
        tempfile.tempdir = str(self.temporary)
        if not os.environ.get("SEE"):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            os.dup2(1, 2)
        code = 3
        try:
            plugin = plugin()
            code = pytest.main([*OPTIONS, *arguments], plugins=[plugin])
            if answer:
                answer.write_text(json.dumps(plugin.found()))
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)


def ended(child: int) -> tuple[int, int]:
    """Wait for a child, or for any (-1): return it and pytest's answer, and end what it started."""
    child, status = os.waitpid(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    return child, os.waitstatus_to_exitcode(status)


def digest(path: Path) -> str:
    """Tell one version of a file from another; a file that is gone has a digest too."""
    return hashlib.sha256(path.read_bytes() if path.is_file() else b"").hexdigest()


def measured(place: Path) -> Tests:
    """Return what all tests run; measure again where something has changed."""
    MEASURED.mkdir(exist_ok=True)
    tests: Tests = {}
    for path in sorted((ROOT / "tests").glob("test_*.py")):
        if path.stem.removeprefix("test_") in LARGE:
            continue
        kept = MEASURED / f"{path.stem}.json"
        known = json.loads(kept.read_text()) if kept.exists() else {"made of": {"": ""}}
        if any(digest(ROOT / name) != old for name, old in known["made of"].items()):
            answer = place.temporary.with_suffix(".json")
            ended(place.fork([f"tests/{path.name}"], lambda: Measure(place.copy), 1800, answer))
            found = json.loads(answer.read_text())
            print(f"{path.name}: {len(found)} tests measured", flush=True)
            modules = {module for _, lines in found.values() for module in lines}
            made_of = [f"tests/{path.name}", *(f"slicekit/{module}.py" for module in modules)]
            known = {
                "made of": {name: digest(place.copy / name) for name in made_of},
                "tests": found,
            }
            kept.write_text(json.dumps(known))
        tests |= known["tests"]
    return tests


def tests_of(module: str, lines: Iterable[int], tests: Tests, most: int) -> list[str]:
    """Return tests that run one of these lines, the quickest first.

    Most of them are those of the module's own file, or that bear its name, and those that run
    little of other modules; and a quarter the quickest.
    """
    running = {name: set(t[1][module]) for name, t in tests.items() if module in t[1]}
    file, case = f"tests/test_{module}.py", f"[{module}]"
    own = {name for name in tests if name.startswith(file) or name.endswith(case)}
    names = {name for name, its in running.items() if its & set(lines)} or {*running}

    def distance(name: str) -> tuple[bool, bool, float, float]:
        share = len(running.get(name, ())) / (sum(map(len, tests[name][1].values())) or 1)
        return name not in own, name not in names, -share, tests[name][0]

    # what is made when the module is imported is not run by whoever looks at it
    near = sorted(names | own, key=distance)[: most * 3 // 4]
    rest = sorted(names - {*near}, key=lambda name: tests[name][0])
    return sorted([*near, *one_of_each(rest)[: most // 4]], key=lambda name: tests[name][0])


def one_of_each(names: list[str]) -> list[str]:
    """Return the first case of each test, then the second of each, and so on."""
    turns = Counter[str]()
    order = []
    for place, name in enumerate(names):
        turns[name.split("[")[0]] += 1
        order.append((turns[name.split("[")[0]], place, name))
    return [name for _, _, name in sorted(order)]
