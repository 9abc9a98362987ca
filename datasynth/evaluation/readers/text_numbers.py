"""Numbers at the ends of texts, and what stands before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow.compute as pc

from datasynth.evaluation.dataset import NO_NUMBER, OWN_DIGITS

if TYPE_CHECKING:
    import pyarrow as pa

    from datasynth.evaluation.arrays import Ints

HEX_DIGITS = 8
"""How many digits of an id are read; two ids of the same half are as unlike as any."""

OWN = r"^([A-Z]+-)[0-9]{10}$"
"""How a company writes its own numbers; what is written in any other way is a partner's."""


def stems(texts: pa.Array) -> pa.Array:
    """Return what each text has before the digits at its end; an own number's stem ends with `OWN_DIGITS`.

    ``INV-0000012345`` has the stem ``INV-##########``, ``2024/0815`` has ``2024/``, ``1700345`` an empty one.
    """
    marked = pc.replace_substring_regex(texts, OWN, rf"\1{OWN_DIGITS}")
    return pc.replace_substring_regex(marked, "[0-9]+$", "")


def ending_numbers(texts: pa.Array) -> Ints:
    """Return the number that up to eighteen digits at the end of each text make, `NO_NUMBER` for none."""
    digits = pc.struct_field(pc.extract_regex(texts, "(?P<digits>[0-9]{1,18})$"), "digits")
    numbers = pc.fill_null(pc.cast(digits, "int64"), NO_NUMBER)
    found: Ints = numbers.to_numpy(zero_copy_only=False)
    return found


def hex_endings(texts: pa.Array) -> Ints:
    """Return the number that the last eight hexadecimal digits of each text make, 0 for what has none."""
    found = np.zeros(len(texts), dtype=np.int64)
    endings = pc.utf8_lower(pc.utf8_slice_codeunits(texts, -HEX_DIGITS))
    whole = pc.fill_null(pc.match_substring_regex(endings, "^[0-9a-f]{8}$"), False)
    rows = np.flatnonzero(whole.to_numpy(zero_copy_only=False))
    text = "".join(endings.filter(whole).to_pylist()).encode()
    codes = np.frombuffer(text, dtype=np.uint8).reshape(-1, HEX_DIGITS).astype(np.int64)
    values = np.where(codes >= ord("a"), codes - ord("a") + 10, codes - ord("0"))
    found[rows] = values @ (16 ** np.arange(HEX_DIGITS - 1, -1, -1, dtype=np.int64))
    return found
