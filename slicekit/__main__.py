"""``python -m slicekit``: look at a file, fetch the article's data, or print its registry line."""

import argparse
import sys

import matplotlib.pyplot as plt
import pooch

from slicekit import data
from slicekit.compose import view
from slicekit.download import download


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 if it worked and 1, after one line on why, if not."""
    parser = argparse.ArgumentParser(prog="python -m slicekit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    look = commands.add_parser("view", help="open a window on a file")
    look.add_argument("file", nargs="+", help="one or more, shown side by side")
    look.add_argument("--axis", type=int, default=0, help="the axis held fixed")
    for command, what in (("fetch", "download the data"), ("pin", "print the line that pins it")):
        other = commands.add_parser(command, help=what)
        other.add_argument("name", nargs="?", default="attention", choices=list(data.FILES))
    chosen = parser.parse_args(arguments)
    try:
        if chosen.command == "view":
            look_at(chosen.file, chosen.axis)
        else:
            get(chosen.name, pin=chosen.command == "pin")
    except (OSError, ValueError, IndexError, RuntimeError) as fault:
        print(fault, file=sys.stderr)
        return 1
    return 0


def look_at(files: list[str], axis: int) -> None:
    """Open a window on files, until it is closed."""
    if plt.get_backend().lower() in {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}:
        raise RuntimeError(
            f"no window can be opened with the backend {plt.get_backend()!r}; install a toolkit, "
            "such as with pip install PySide6, and start from a desktop"
        )
    view(files, axis=axis, titles=files if len(files) > 1 else ())
    plt.show()


def get(name: str, pin: bool) -> None:
    """Download a data set, and print where it is or the line that pins it."""
    file = data.FILES[name]
    source = data.registry()[file]
    path = download(file, source, data.cache_dir(), data.check)
    print(f"{file} sha256:{pooch.file_hash(str(path))} {source.url}" if pin else path)


if __name__ == "__main__":
    sys.exit(main())
