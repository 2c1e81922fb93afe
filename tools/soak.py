"""Play the storm of tests/test_storm.py for as long as you like: other events in each run.

    python tools/soak.py --minutes 10 --seed 1

Ends with 1, the seed and the last events, if a viewer is not where it should be.
"""

import argparse
import gc
import random
import sys
import traceback
from collections import Counter
from pathlib import Path
from time import monotonic

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from test_storm import KINDS, OFTEN, Storm

LAST = 30  # events that are told


def memory() -> str:
    """Return how much there is in it that Python knows."""
    gc.collect()
    return f"{len(gc.get_objects())} objects"


def play(kind: str, seed: int) -> int:
    """Play up to a thousand events on one viewer; return how many."""
    chance = random.Random(seed)
    events = [(chance.choice(OFTEN), chance.randrange(5000)) for _ in range(chance.randrange(1000))]
    played = []
    try:
        storm = Storm(kind)
        for event in events:
            played.append(event)
            storm.play(*event)
    except BaseException:
        traceback.print_exc()
        sys.exit(f"seed {seed}, {kind}: {played[-LAST:]}")
    finally:
        plt.close("all")
    return len(played)


def main() -> None:
    """Play one viewer after the other until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    end, seed, played = monotonic() + 60 * options.minutes, options.seed, Counter[str]()
    kinds = list(KINDS)
    while monotonic() < end:
        kind = kinds[seed % len(kinds)]
        played[kind] += play(kind, seed)
        seed += 1
        if seed - options.seed == len(kinds):
            print(f"after one viewer of each kind: {memory()}", flush=True)
    print(f"seeds {options.seed} to {seed - 1}, {played.total()} events: {dict(played)}")
    print(f"at the end: {memory()}")


if __name__ == "__main__":
    main()
