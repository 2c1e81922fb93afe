"""Break Matplotlib, the package or the data on purpose: nbval must notice each time."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest
from test_environment import nbval

IMSHOW = """
from matplotlib.axes import Axes
_imshow = Axes.imshow
def imshow(self, X, *args, **options):
    {change}
    return _imshow(self, X, *args, **options)
Axes.imshow = imshow
"""
SABOTAGE = {
    "upside down": ("04", IMSHOW.format(change="X = X[::-1]")),
    "mirrored": ("04", IMSHOW.format(change="X = X[:, ::-1]")),
    "no aspect": ("03", IMSHOW.format(change="options.pop('aspect', None)")),
    "no origin": ("04", IMSHOW.format(change="options.pop('origin', None)")),
    "no vmin": ("03", IMSHOW.format(change="options.pop('vmin', None); X = X + 1")),
    "no vmax": ("03", IMSHOW.format(change="options.pop('vmax', None)")),
    "no colour map": ("03", IMSHOW.format(change="options.pop('cmap', None)")),
    "set_array does nothing": (
        "05",
        "from matplotlib.image import AxesImage\n"
        "AxesImage.set_array = AxesImage.set_data = lambda self, array: None",
    ),
    "J and K exchanged": (
        "06",
        "import slicekit.article as article\n"
        "article.next_slice, article.previous_slice = article.previous_slice, article.next_slice\n"
        "import slicekit; slicekit.next_slice = article.next_slice",
    ),
    "events exchanged": (
        "05",
        "import slicekit.events as events\n"
        "KeyEvent = events.KeyEvent\n"
        "other = {'j': 'k', 'k': 'j'}\n"
        "events.KeyEvent = lambda n, c, key, x, y: KeyEvent(n, c, other.get(key, key), x, y)",
    ),
    "Matplotlib's K left alive": (
        "06",
        "import matplotlib\n"
        "set_item = matplotlib.RcParams.__setitem__\n"
        "def keep(self, name, value):\n"
        "    if name != 'keymap.xscale': set_item(self, name, value)\n"
        "matplotlib.RcParams.__setitem__ = keep",
    ),
    "the shipped viewer frees no keys": (
        "06",
        "import slicekit.article as article\narticle.remove_keymap_conflicts = lambda keys: None",
    ),
    "voxel sizes of 1": (
        "03",
        "from nibabel.nifti1 import Nifti1PairHeader\n"
        "Nifti1PairHeader.get_zooms = lambda self: (1.0, 1.0, 1.0)",
    ),
    "seen from the other side": (
        "09",
        "from dataclasses import replace\n"
        "from slicekit.orientation import Look\n"
        "plane = Look.plane\n"
        "def turned(self, *which):\n"
        "    found = plane(self, *which)\n"
        "    return replace(found, leftwards=not found.leftwards)\n"
        "Look.plane = turned",
    ),
    "letters exchanged": (
        "09",
        "from slicekit.orientation import Look\n"
        "ends = Look.ends\n"
        "Look.ends = lambda self, axis: ends(self, axis)[::-1]",
    ),
    "a guess passed on": (
        "09",
        "import slicekit.files\nslicekit.files.told_affine = lambda img: img.affine",
    ),
    "clicks move nothing": (
        "09",
        "from slicekit.ortho import OrthoViewer\n"
        "OrthoViewer.pick = OrthoViewer.drag = lambda self, voxel: None",
    ),
    "a link that does not lead": (
        "09",
        "import slicekit.linking\nslicekit.linking.go = lambda viewer, voxel: None",
    ),
}
CHAPTER = {
    "03": "03_slice_a_volume",
    "04": "04_turn_a_volume",
    "05": "05_answer_a_key",
    "06": "06_free_the_keys",
    "09": "09_link_three_planes",
}


UNBROKEN = {"nothing": ("03", "import matplotlib.axes, slicekit.article")}


def run_sabotaged(folder, number, code):
    """Run nbval on one chapter, in kernels that run some code at their start."""
    lines = "".join(f"    {line}\n" for line in code.splitlines())
    kernel = "import sys\nif any('ipykernel' in a for a in sys.orig_argv):\n"
    (folder / "sitecustomize.py").write_text(kernel + lines)
    return nbval(CHAPTER[number], PYTHONPATH=str(folder))


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """All runs, as many at a time as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        started = {
            name: pool.submit(run_sabotaged, tmp_path_factory.mktemp("site"), *what)
            for name, what in (SABOTAGE | UNBROKEN).items()
        }
    return {name: run.result() for name, run in started.items()}


@pytest.mark.parametrize("name", SABOTAGE)
def test_nbval_notices(runs, name):
    assert runs[name].returncode == 1, runs[name].stdout[-2000:]
    assert "mismatch" in runs[name].stdout, runs[name].stdout[-2000:]


def test_unbroken_it_passes(runs):
    assert runs["nothing"].returncode == 0, runs["nothing"].stdout[-2000:]
