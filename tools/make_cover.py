"""Make the moving picture of the README, ``docs/scroll.gif``, by slicekit's own means."""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import slicekit

COVER = Path(__file__).parents[1] / "docs" / "scroll.gif"


def make_cover(path: Path) -> None:
    """Write a film of axial slices, as they are and with their tissues in colour."""
    head = slicekit.load()
    tissues = np.digitize(np.asarray(head), (45, 65, 85, 130)) * (np.asarray(head) > 20)
    axes = plt.figure(figsize=(5.6, 3.1), dpi=72, layout="constrained").subplots(1, 2)
    turned = {"axis": 2, "transpose": True, "origin": "lower", "clim": ("1%", "99.5%")}
    viewer = slicekit.view([head, head], titles=["head", "labels"], ax=axes, **turned)
    viewer.overlay(tissues, panel=1, alpha=0.45)
    for ax in axes:
        ax.set(xticks=(), yticks=())
    viewer.save(path, every=3, fps=6, max_mb=1.5)
    plt.close(viewer.fig)


if __name__ == "__main__":
    make_cover(Path(*sys.argv[1:]) if sys.argv[1:] else COVER)
