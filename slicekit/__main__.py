"""``python -m slicekit``: fetch the article's data, or print the registry line that pins it."""

import argparse
import sys

import pooch

from slicekit import data
from slicekit.download import download


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 if it worked and 1, after one line on why, if not."""
    parser = argparse.ArgumentParser(prog="python -m slicekit", description=__doc__)
    parser.add_argument("command", choices=["fetch", "pin"])
    parser.add_argument("name", nargs="?", default="attention", choices=list(data.FILES))
    chosen = parser.parse_args(arguments)
    name = data.FILES[chosen.name]
    try:
        path = download(name, data.registry()[name], data.cache_dir(), data.check)
    except (OSError, ValueError) as fault:
        print(fault, file=sys.stderr)
        return 1
    if chosen.command == "fetch":
        print(path)
    else:
        print(name, f"sha256:{pooch.file_hash(str(path))}", data.registry()[name].url)
    return 0


if __name__ == "__main__":
    sys.exit(main())
