"""The environment of every test: the bundled sample, Matplotlib's own settings, no front end.

Set here and not by flags, so that ``pytest --nbval chapters`` by itself is the same
wherever it runs: in a notebook's terminal, beside a cached archive, under a user's
own matplotlibrc.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

scratch = Path(tempfile.mkdtemp(prefix="slicekit-tests-"))
atexit.register(shutil.rmtree, scratch, ignore_errors=True)

os.environ["SLICEKIT_DATASET"] = "sample"
os.environ["SLICEKIT_DATA_DIR"] = str(scratch / "cache")
os.environ["IPYTHONDIR"] = str(scratch / "ipython")
os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(scratch / "hypothesis")
os.environ["MATPLOTLIBRC"] = str(Path(__file__).parent / "tests" / "matplotlibrc")
for name in ("JPY_SESSION_NAME", "MPLBACKEND", "PYTHONWARNINGS"):
    os.environ.pop(name, None)
