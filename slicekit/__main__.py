"""``python -m slicekit``: read the chapters, mend the installation, look at files, get data."""

import argparse
import os
import sys
from pathlib import Path

from slicekit.complaint import in_one_line  # this, too, needs nothing but Python

# Nothing else is imported up here: the doctor must run where Matplotlib is broken.

DATA = ("attention", "attention-mri")  # slicekit.data.FILES, which takes pooch to import


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return 0 if it worked and 1, after one line on why, if not."""
    parser = _parser()
    chosen, rest = parser.parse_known_args(arguments)
    if rest and chosen.command != "read":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        code = run(chosen, rest)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130  # as shells have it
    except (OSError, ValueError, IndexError, RuntimeError) as fault:
        if not isinstance(fault, BrokenPipeError):  # whoever read us has left, and need not be told
            print(in_one_line(fault, 2000), file=sys.stderr)
        drop_what_cannot_be_written()
        return 1
    return code


def drop_what_cannot_be_written() -> None:
    """Forget output that has nowhere to go: Python would try again in the end, and complain."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def run(chosen: argparse.Namespace, rest: list[str]) -> int:
    """Run the command that was chosen."""
    if chosen.command == "doctor":
        return examine(chosen.json)
    if chosen.command == "read":
        open_chapters(rest)
    elif chosen.command == "view":
        look_at(chosen)
    else:
        get(chosen.name, pin=chosen.command == "pin")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m slicekit", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    usage = "%(prog)s [-h] [FOLDER] [OPTION OF JUPYTERLAB ...]"
    what = "put the chapters into FOLDER (default: slicekit-chapters), and open them in JupyterLab"
    commands.add_parser("read", help=what, description=what, usage=usage)
    doctor = commands.add_parser("doctor", help="say whether figures can be live, and the cure")
    doctor.add_argument("--json", action="store_true", help="print JSON and nothing else")
    look = commands.add_parser("view", help="open a window on a file")
    look.add_argument("file", nargs="+", help="one or more, shown side by side")
    look.add_argument("--axis", type=int, default=0, help="the axis held fixed")
    look.add_argument("--planes", action="store_true", help="three planes with a crosshair")
    look.add_argument("--radiological", action="store_true", help="left of the body on the right")
    look.add_argument("--orientation", help="where the axes run, such as LAS, if no file says so")
    for command, what in (("fetch", "download the data"), ("pin", "print the line that pins it")):
        other = commands.add_parser(command, help=what)
        other.add_argument("name", nargs="?", default=DATA[0], choices=DATA)
    return parser


def examine(as_json: bool) -> int:
    """Say whether figures can be live here."""
    from slicekit.doctor import doctor

    return doctor(as_json=as_json)


def open_chapters(words: list[str]) -> None:
    """Open the chapters in JupyterLab; a first word that is no option names their folder."""
    from slicekit.reading import FOLDER, read

    named = words and not words[0].startswith("-")
    read(Path(words[0]) if named else FOLDER, words[1:] if named else words)


def look_at(chosen: argparse.Namespace) -> None:
    """Open a window on files, until it is closed."""
    import matplotlib.pyplot as plt

    from slicekit.compose import view

    if plt.get_backend().lower() in {"agg", "cairo", "pdf", "pgf", "ps", "svg", "template"}:
        raise RuntimeError(
            f"no window can be opened with the backend {plt.get_backend()!r}; install a toolkit, "
            "such as with pip install PySide6, and start from a desktop"
        )
    names = [Path(file).name for file in chosen.file]
    if len({*names}) < len(names):
        names = chosen.file
    names = [in_one_line(name).replace("$", r"\$") for name in names]  # or it were mathematics
    view(
        chosen.file,
        axis=chosen.axis,
        titles=names if len(names) > 1 else (),
        planes=chosen.planes,
        radiological=chosen.radiological or None,
        orientation=chosen.orientation,
    )
    plt.show()


def get(name: str, pin: bool) -> None:
    """Download a data set, and print where it is or the line that pins it."""
    import pooch

    from slicekit import data
    from slicekit.download import download

    file = data.FILES[name]
    source = data.registry()[file]
    path = download(file, source, data.cache_dir(), data.check)
    print(f"{file} sha256:{pooch.file_hash(str(path))} {source.url}" if pin else path)


if __name__ == "__main__":
    sys.exit(main())
