"""The tests that build a kit from the package index are left out, and one line says so.

With ``SLICEKIT_KIT=required`` they run, and it is an error if uv is missing.
"""

import os
from importlib.util import find_spec

import pytest

REQUIRED = os.environ.get("SLICEKIT_KIT") == "required"
left_out = []


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items):
    real = [item for item in items if item.get_closest_marker("kit")]
    if real and REQUIRED and not find_spec("uv"):
        raise pytest.UsageError("tests of the offline kit need uv: pip install -e '.[kit]'")
    if real and not REQUIRED:
        left_out.extend(real)
        items[:] = [item for item in items if item not in real]
        config.hook.pytest_deselected(items=real)


def pytest_terminal_summary(terminalreporter):
    if left_out:
        terminalreporter.write_line(
            f"left out: {len(left_out)} tests of the offline kit, which want the package index and "
            "four minutes; SLICEKIT_KIT=required runs them"
        )
