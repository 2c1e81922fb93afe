"""Tests in real front ends are left out, and one line says so, where their tools are missing.

With ``SLICEKIT_FRONTENDS=required`` it is an error if a tool is missing, or a test is skipped.
"""

import os
import shutil
from importlib.util import find_spec

import pytest

REQUIRED = os.environ.get("SLICEKIT_FRONTENDS") == "required"
PROGRAMS = ["chromium", "Xvfb", "xdotool"]
MODULES = ["playwright", "axe_playwright_python", "PySide6", "tkinter", "pexpect"]
MODULES += ["sphinx", "myst_nb", "furo"]  # the book is built, and looked at in Chromium
left_out = []


def missing():
    programs = [name for name in PROGRAMS if shutil.which(name) is None]
    return programs + [name for name in MODULES if find_spec(name) is None]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    real = [item for item in items if item.get_closest_marker("frontend")]
    if not real or not missing():
        return
    if REQUIRED:
        raise pytest.UsageError(f"tests in real front ends need {', '.join(missing())}")
    left_out.extend(real)
    items[:] = [item for item in items if item not in real]
    config.hook.pytest_deselected(items=real)


def pytest_terminal_summary(terminalreporter):
    if left_out:
        terminalreporter.write_line(
            f"left out: {len(left_out)} tests in real front ends, for want of "
            f"{', '.join(missing())}; CONTRIBUTING.md says how to run them"
        )


def pytest_sessionfinish(session):
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if REQUIRED and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
