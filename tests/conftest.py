"""What the tests share."""

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest


@pytest.fixture(autouse=True)
def _leave_matplotlib_as_it_was():
    with plt.rc_context():
        yield
    plt.close("all")


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
