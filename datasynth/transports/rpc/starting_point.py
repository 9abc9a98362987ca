"""Where a stream begins, as a call's metadata say it.

It is no field of the request: a client in Rust names every field of a message, and
does not compile any more when one is added.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "x-first"

# As many digits as an int64 has, which is what counts of entries are.
_DECIMAL = re.compile(r"[0-9]{1,19}")


def first_wanted(metadata: Iterable[tuple[str, str | bytes]]) -> int:
    """Read the sequence number of the first entry that a client wants, 0 where it says nothing.

    Raises
    ------
    InvalidRequest
        It was given twice, or is no number; ``details`` name it.
    """
    given = [value for name, value in metadata if name == NAME]
    if not given:
        return 0
    if len(given) > 1:
        raise _refusal("Must be given once.")
    (value,) = given
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise _refusal("Must be a whole number from 0, in decimal digits.")
    return int(value)


def _refusal(sentence: str) -> InvalidRequest:
    return InvalidRequest(f"{NAME}: {sentence}", {NAME: [sentence]})
