"""Pictures of slices in plain HTML: slider, wheel and keys, without Python and without network."""

import html
import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

HOME = Path(__file__).parent / "_data"
KINDS = {b"\x89PNG": "png", b"RIFF": "webp"}  # how the bytes of a picture begin


def page(figure: str, name: str) -> str:
    """Return a whole page around a figure made by `scroller`."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(name)}</title>\n<style>\n{style()}</style>\n</head>\n"
        f"<body>\n<main>\n{figure}</main>\n<script>\n{script()}</script>\n</body>\n</html>\n"
    )


def style() -> str:
    """Return the style of such figures, once for each page."""
    return (HOME / "scroller.css").read_text(encoding="utf-8")


def script() -> str:
    """Return the script that lets such figures scroll, once for each page, after all of them."""
    return (HOME / "scroller.js").read_text(encoding="utf-8")


def scroller(pictures: Sequence[bytes], words: Sequence[str], start: int, name: str) -> str:
    """Return a figure in HTML that scrolls through pictures; it needs `style` and `script`.

    Parameters
    ----------
    pictures : sequence of bytes
        PNG or WebP, of the same size.
    words : sequence of str
        What is said of each of them, such as its title.
    start : int
        Which one is shown first; it is also the one that is printed, and shown where
        there is no JavaScript.
    name : str
        What the pictures show, for those who do not see them.
    """
    told = html.escape(words[start])
    last = len(pictures) - 1
    data = json.dumps({"pictures": list(map(address, pictures)), "words": list(words)})
    data = data.replace("<", "\\u003c")  # or a browser may see the end of the script in it
    name = html.escape(name)
    return (
        f'<figure class="slicekit" data-name="{name}">\n'
        f'<img alt="{name}: {told}" src="{address(pictures[start])}">\n'
        '<div class="slicekit-controls" hidden>\n'
        f'<input type="range" min="0" max="{last}" value="{start}" aria-label="slice of {name}" '
        f'aria-valuetext="{told}">\n<span aria-hidden="true">{told}</span>\n</div>\n'
        f'<script type="application/json">{data}</script>\n'
        '<figcaption class="slicekit-keys" hidden>Wheel or slider; after a click also '
        "K and J, arrows, Page Up and Page Down, Home and End.</figcaption>\n"
        "<noscript><p>Scrolling needs JavaScript.</p></noscript>\n</figure>\n"
    )


def address(picture: bytes) -> str:
    """Return a picture as an address that holds it."""
    return f"data:image/{KINDS[picture[:4]]};base64,{b64encode(picture).decode('ascii')}"
