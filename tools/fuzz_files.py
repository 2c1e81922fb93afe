"""Damage small files of every format, and see that each is read rightly or refused in one line.

    python tools/fuzz_files.py --seconds 60 [--seed N]

A worker loads each file, reads slices of it and now and then draws a figure. It is a process of
its own with little memory, so that a crash, a file that takes for ever, and memory without end
are noticed as well. What must not be is kept in a folder, with a line that does it again; then
the exit code is 1. Linux only.
"""

import argparse
import gc
import multiprocessing
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import warnings
from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
from damage import damage, outcome, write_sound_files

import slicekit

PATIENCE = 20  # seconds for one file
MEMORY = 2**28  # bytes for one file, which has fewer than 2**14 itself
GOOD = ("read", "refused")


def judge(path: Path, same: bool, draw: bool) -> str:
    """Load a file; return "read", "refused", or what it did that must not be."""
    before, peak = path.read_bytes(), peak_memory()
    screens = [os.dup(stream) for stream in (1, 2)]
    with warnings.catch_warnings(record=True) as told, tempfile.TemporaryFile() as printed:
        warnings.simplefilter("always")
        for stream in (1, 2):
            os.dup2(printed.fileno(), stream)
        try:
            found = outcome(path, same)
            if draw and found == "read":
                look(path)
        except BaseException as fault:
            found = f"{type(fault).__name__}: {fault}"
        gc.collect()
        for stream, screen in zip((1, 2), screens, strict=True):
            os.dup2(screen, stream)
            os.close(screen)
        printed.seek(0)
        said = [str(line) for line in printed]
    said += [str(w.message) for w in told if not str(w.message).startswith(f"{path.name}: ")]
    if found not in GOOD or said:
        return f"{found}, and it says {said}"
    if path.read_bytes() != before:
        return "the file was changed"
    if str(path.parent) in " ".join(map(os.path.realpath, Path("/proc/self/fd").iterdir())):
        return "a file was left open"
    if peak_memory() - peak > MEMORY:
        return f"it took {(peak_memory() - peak) >> 20} MiB"
    return found


def look(path: Path) -> None:
    """Draw a figure, and press keys."""
    viewer = slicekit.view(path)
    with warnings.catch_warnings():  # Matplotlib cannot scale numbers beyond 1e300 to a picture
        warnings.filterwarnings("ignore", "overflow encountered|invalid value", RuntimeWarning)
        viewer.fig.canvas.draw()
        for key in "ka":
            slicekit.press(viewer.fig, key)
    plt.close(viewer.fig)


def peak_memory() -> int:
    """Return the most memory that this process ever had, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def work(pipe: Any) -> None:
    """Judge one file after another."""
    resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
    gc.freeze()  # what is there now need not be looked through after each file
    while True:
        pipe.send(judge(*pipe.recv()))


class Worker:
    """A process that judges files, and is replaced if it does not survive one."""

    def __init__(self) -> None:
        self.pipe, other = multiprocessing.Pipe()
        start = multiprocessing.get_context("fork")
        self.process = start.Process(target=work, args=(other,), daemon=True)
        self.process.start()
        other.close()

    def judge(self, path: Path, same: bool, draw: bool) -> str:
        """Return what the process finds, or what became of it."""
        self.pipe.send((path, same, draw))
        try:
            found: str = self.pipe.recv() if self.pipe.poll(PATIENCE) else f"over {PATIENCE} s"
        except (EOFError, ConnectionError):
            found = "it crashed"
        if found.startswith(("it took", "over", "it crashed")):
            self.process.kill()
            self.process.join()
            self.__init__()  # type: ignore[misc]
        return found


def fuzz(seconds: float, seed: int, first: int, keep: Path) -> Counter:
    """Try damaged files for some time, one at least; keep those that break the contract."""
    worker, counts, end = Worker(), Counter[str](), time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        sound, place = Path(folder, "sound"), Path(folder, "place")
        sound.mkdir()
        names = [path.name for path in write_sound_files(sound)]
        for number in count(first):
            chance = random.Random(f"{seed} {number}")
            path = place / chance.choice(names)
            place.mkdir()
            for part in [path.name, *(p.name for p in sound.glob(f"{path.stem}.[im]*"))]:
                shutil.copy(sound / part, place)
            hurt = chance.choice(sorted(place.glob(f"{path.stem}.[hi]*")) or [path])
            found = worker.judge(path, damage(chance, hurt), chance.random() < 0.1)
            counts[found if found in GOOD else "broken"] += 1
            if found not in GOOD:
                shutil.copytree(place, keep / f"{seed}-{number}")
                print(f"{path.name}: {found}")
                print(f"  python {sys.argv[0]} --seed {seed} --first {number} --seconds 0")
            shutil.rmtree(place)
            if time.monotonic() > end:
                return counts
    return counts


def main() -> int:
    """Run as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--first", type=int, default=0, help="the number of the first file")
    chosen = parser.parse_args()
    keep = Path(tempfile.mkdtemp(prefix="fuzz-"))
    counts = fuzz(chosen.seconds, chosen.seed, chosen.first, keep)
    print(f"seed {chosen.seed}: {counts.total()} files, {dict(counts)}")
    if not counts["broken"]:
        keep.rmdir()
        return 0
    print(f"those that break the contract are in {keep}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
