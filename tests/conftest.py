"""What the tests share."""

import subprocess
import sys

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest
from build_chapters import ROOT
from environments import environment
from hypothesis import HealthCheck, settings
from upstream import Upstream

from slicekit import ahead, data, transfer
from slicekit.download import Source

# the same examples in every run, on machines of every speed; tools/fuzz_files.py looks for others
settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def _leave_matplotlib_as_it_was():
    with plt.rc_context():
        yield
    plt.close("all")


@pytest.fixture(autouse=True)
def _the_machine_may_be_busy():
    """A slice is slow after 0.3 s; where many tests run at once, the slice is not to blame."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ahead, "SOON", 5)
        yield


@pytest.fixture
def redraws():
    """Count how often Matplotlib draws a whole figure."""

    def count(fig):
        drawn = []
        fig.canvas.mpl_connect("draw_event", drawn.append)
        return drawn

    return count


@pytest.fixture
def array():
    """A (4, 5, 6) array in which every voxel is different."""
    return np.arange(4 * 5 * 6, dtype=np.int16).reshape(4, 5, 6)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache, and no choice of data set."""
    monkeypatch.setenv("SLICEKIT_DATA_DIR", str(tmp_path / "cache"))
    monkeypatch.delenv("SLICEKIT_DATASET")
    return tmp_path / "cache"


@pytest.fixture
def upstream(monkeypatch, cache):
    """A server from which the article's archive comes; the tests say what it answers."""
    server, book = Upstream(), data.registry()
    monkeypatch.setattr(transfer, "TIMEOUT", 0.5)
    source = Source(None, server.url + "attention.zip")
    monkeypatch.setattr(data, "registry", lambda: book | {"attention.zip": source})
    yield server
    server.close()


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    """The wheel, built."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel, tmp_path_factory):
    """An environment in which the wheel is installed, and the clone is out of sight."""
    return environment(tmp_path_factory.mktemp("installed") / "env", wheel)
