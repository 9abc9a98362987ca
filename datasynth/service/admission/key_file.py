"""The file of keys; each line has a name, a key or its hash, and rights.

::

    # name      key, or its SHA-256    rights
    dashboard   sha256:5e88…1d8        read
    operator    wB7-3kQ…               read,control

Messages name the line of a fault, and never repeat a word of the file: if columns are mixed
up, any of them may be the key.
"""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest
from datasynth.service.admission.access import ALL_RIGHTS, ApiKey, Right, digest, unnamed_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

LARGEST = 1 << 20
"""Largest file of keys. [bytes]"""

MOST_FAULTS = 5
"""Faulty lines that one message names."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_KEY = re.compile(r"[\x21-\x7e]+")
_HASH = re.compile(r"sha256:([0-9A-Fa-f]{64})")
_RIGHTS = {"all": ALL_RIGHTS, **{str(right): frozenset({right}) for right in Right}}


def server_keys(given: Sequence[str], path: Path | None) -> tuple[ApiKey, ...]:
    """Join the keys of the command line, which have all rights, and those of a file.

    Raises
    ------
    InvalidRequest
        The file cannot be used, or has a key or a name that is given already.
    """
    keys = unnamed_keys(given)
    for key in load_key_file(path) if path is not None else ():
        try:
            _refuse_twins(key, (("--api-key", known) for known in keys[: len(given)]))
        except ValueError as error:
            raise InvalidRequest(f"{path}: {error}") from error
        keys = (*keys, key)
    return keys


def load_key_file(path: Path) -> tuple[ApiKey, ...]:
    """Read a file of keys.

    Raises
    ------
    InvalidRequest
        It cannot be read, has faults, or no key at all.
    """
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise InvalidRequest(f"{path}: This is not a file.")
        if status.st_size > LARGEST:
            raise InvalidRequest(f"{path}: The file has more than {LARGEST} bytes.")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidRequest(f"{path}: The file is not UTF-8.") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidRequest(f"{path}: The file cannot be read: {reason}.") from error
    keys, faults = parse_keys(text)
    if faults:
        more = f"; and {len(faults) - MOST_FAULTS} more" if len(faults) > MOST_FAULTS else ""
        raise InvalidRequest(f"{path}: {'; '.join(faults[:MOST_FAULTS])}{more}")
    if not keys:
        raise InvalidRequest(f"{path}: The file contains no key.")
    return keys


def parse_keys(text: str) -> tuple[tuple[ApiKey, ...], list[str]]:
    """Read the lines of a file of keys; return the keys and the faults by line."""
    keys: dict[int, ApiKey] = {}
    faults: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        try:
            key = _key(words)
            _refuse_twins(key, ((f"line {other}", known) for other, known in keys.items()))
        except ValueError as error:
            faults.append(f"line {number}: {error}")
        else:
            keys[number] = key
    return tuple(keys.values()), faults


def open_to_others(path: Path) -> bool:
    """Tell whether others can read a file, or its group or others can write to it."""
    return bool(path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH | stat.S_IWGRP))


def _key(words: list[str]) -> ApiKey:
    if len(words) < 3 or (len(words) > 3 and not words[3].startswith("#")):  # noqa: PLR2004  # name, key, rights
        raise ValueError("a line must have a name, a key or its hash, and rights, with spaces between them")
    name, key, rights = words[:3]
    if not _NAME.fullmatch(name):
        raise ValueError("a name may have up to 32 letters, digits, '.', '_' and '-'")
    return ApiKey(name, _digest(key), _rights(rights))


def _digest(key: str) -> bytes:
    if key.startswith("sha256:"):
        match = _HASH.fullmatch(key)
        if match is None:
            raise ValueError("a hash must be sha256: and 64 hexadecimal digits")
        return bytes.fromhex(match[1])
    if not _KEY.fullmatch(key):
        raise ValueError("a key must consist of visible ASCII characters")
    return digest(key)


def _rights(text: str) -> frozenset[Right]:
    words = text.split(",")
    if not all(word in _RIGHTS for word in words):
        raise ValueError(f"rights must be all, or a list of {' and '.join(Right)} with a comma between them")
    return frozenset().union(*(_RIGHTS[word] for word in words))


def _refuse_twins(key: ApiKey, others: Iterable[tuple[str, ApiKey]]) -> None:
    for where, other in others:
        if key.digest == other.digest:
            raise ValueError(f"the key is already used in {where}")
        if key.name == other.name:
            raise ValueError(f"the name is already used in {where}")
