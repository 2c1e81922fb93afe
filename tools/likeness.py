"""Whether a picture looks like a stored one, for the tests and for tools/mutate_chapters.py."""

import base64
import io

import matplotlib
import numpy as np
from build_chapters import LOCK
from PIL import Image

# On average, and at the worst of 64 x 64 places. Matplotlib brings what makes the pixels, Agg and
# FreeType. So with the Matplotlib that built a stored picture, a fresh one that is stored in the
# same way is the same to the byte: measured also with NumPy 2.1 without its quick instructions,
# and with Pillow 10.0. White at 233 instead of 237 makes 0.003, the next slice 0.016. Other
# versions move the labels.
STRICT, LOOSE = (0.001, 0.04), (0.05, np.inf)
BUILT_WITH = f"matplotlib=={matplotlib.__version__}\n"
TOLERANCE = STRICT if BUILT_WITH in LOCK.read_text() else LOOSE


def picture(png: str) -> Image.Image:
    """Return a picture as a notebook holds it."""
    return Image.open(io.BytesIO(base64.b64decode(png)))


def small(image: Image.Image) -> np.ndarray:
    """Return a picture as 64 x 64 colours between 0 and 1."""
    reduced = image.convert("RGB").resize((64, 64), Image.Resampling.BOX)
    return np.asarray(reduced, dtype=float) / 255


def difference(one: Image.Image, other: Image.Image) -> tuple[float, float]:
    """Return how far two pictures differ, on average and at the worst of 64 x 64 places."""
    apart = np.abs(small(one) - small(other)).mean(axis=2)
    return apart.mean(), apart.max()


def looks_like(
    one: Image.Image, other: Image.Image, tolerance: tuple[float, float] = TOLERANCE
) -> bool:
    """Return whether two pictures differ by less than a tolerance, on average and at the worst."""
    return all(np.less(difference(one, other), tolerance))
