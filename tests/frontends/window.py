"""A script that opens a window: ``window.py BACKEND TOOLBAR``."""

import sys

import matplotlib
import matplotlib.pyplot as plt
import numpy as np

import slicekit

SHAPE, SPACING, AXIS = (12, 25, 16), (2, 1, 3), 1
VOLUME = slicekit.Volume(np.random.default_rng(0).integers(0, 256, SHAPE), SPACING)

if __name__ == "__main__":
    backend, plt.rcParams["toolbar"] = sys.argv[1:]
    matplotlib.use(backend)
    viewer = slicekit.view(VOLUME, axis=AXIS)
    plt.show()
