"""``python -m slicekit``: fetch the article's data, or print the line that pins it."""

import argparse
import sys

from slicekit.data import FILES, check, registry
from slicekit.download import download


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m slicekit", description=__doc__)
    parser.add_argument("command", choices=["fetch", "pin"])
    parser.add_argument("name", nargs="?", default="attention", choices=list(FILES))
    chosen = parser.parse_args(arguments)
    ...
    return 0


if __name__ == "__main__":
    sys.exit(main())
