"""What an error says: in one line, which value or keyword cannot be."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any


def in_one_line(words: Any, letters: int = 400) -> str:
    """Return words without what would end the line, or steer a terminal, and not too many."""
    line = " ".join(str(words).split())
    line = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return line if len(line) <= letters else line[: letters - 3] + "..."


def told(value: Any) -> str:
    """Return how a value is told in an error: what it looks like, in one line."""
    try:
        return in_one_line(repr(value), 80)
    except Exception:  # what is wrong with its repr is not what is to be told
        return f"<{type(value).__name__}>"


@contextmanager
def naming(keywords: Mapping[str, Any]) -> Iterator[None]:
    """Name the keywords that Matplotlib cannot use; its own errors name none, or fill a page."""
    try:
        yield
    except Exception as fault:
        if not keywords or isinstance(fault, OSError):  # a disk refuses no keywords
            raise
        kind = TypeError if isinstance(fault, TypeError | AttributeError) else ValueError
        given = ", ".join(f"{name}={told(value)}" for name, value in keywords.items())
        raise kind(f"Matplotlib cannot use {given}: {in_one_line(fault, 200)}") from fault
