"""How the texts of settings are read: each function returns a value, or raises ValueError with a sentence."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def text(given: str) -> str:
    """Read a word that must not be empty."""
    if not given.strip():
        raise ValueError("a value is missing")
    return given.strip()


def path(given: str) -> Path:
    """Read the path of a file."""
    return Path(text(given))


def key(given: str) -> str:
    """Read an API key: one that fits into a header of each transport, and is never repeated in a message."""
    stripped = given.strip()
    if not stripped:
        raise ValueError("a key cannot be empty")
    if not (stripped.isascii() and stripped.isprintable()) or " " in stripped:
        raise ValueError("a key must consist of visible ASCII characters")
    return stripped


def size(given: str) -> int:
    """Read a number of bytes: 1073741824, 512M, 1G."""
    found = re.fullmatch(r"([0-9]{1,18})([KMGT]?)(?:i?B)?", given.strip(), re.ASCII | re.IGNORECASE)
    if found is None or not int(found[1]):
        raise ValueError(f"{given!r} is not a size in bytes such as 1073741824, 512M or 1G")
    return int(found[1]) << " KMGT".index(found[2].upper() or " ") * 10


def count(least: int, most: int) -> Callable[[str], int]:
    """Make the reading of a whole number from `least` to `most`."""

    def read(given: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", given.strip(), re.ASCII) or not least <= int(given) <= most:
            raise ValueError(f"{given!r} is not a whole number from {least} to {most}")
        return int(given)

    return read


def one_of(words: Sequence[str]) -> Callable[[str], str]:
    """Make the reading of one of a few words, in either case."""

    def read(given: str) -> str:
        word = given.strip().lower()
        if word not in words:
            raise ValueError(f"{given!r} is not one of {', '.join(words)}")
        return word

    return read
