"""Numbers at the ends of texts."""

from __future__ import annotations

import re

import pyarrow as pa
import pytest

from datasynth.evaluation.dataset import NO_NUMBER, OWN_DIGITS
from datasynth.evaluation.readers.text_numbers import ending_numbers, hex_endings, stems

TEXTS = [
    "INV-0000012345",
    "RE 4711",
    "2024/0815",
    "F-00913",
    "1700345",
    "INV-000001234",
    "INV-00000123456",
    "inv-0000012345",
    "A1-0000012345",
    "without",
    "",
    None,
    "12-",
    "9" * 18,
]


def _number(text: str | None) -> int:
    digits = re.search(r"[0-9]+$", text or "")
    return int(digits[0]) if digits else NO_NUMBER


def _stem(text: str | None) -> str | None:
    if text is None:
        return None
    own = re.fullmatch(r"([A-Z]+-)[0-9]{10}", text)
    return own[1] + OWN_DIGITS if own else re.sub(r"[0-9]+$", "", text)


def test_endings() -> None:
    """A text is cut before the digits at its end; own numbers are told by their form."""
    array = pa.array(TEXTS, pa.string())

    assert [_number(text) for text in TEXTS] == ending_numbers(array).tolist()
    assert [_stem(text) for text in TEXTS] == stems(array).to_pylist()


@pytest.mark.parametrize("cut", [slice(2, 9), slice(0, 0)])
def test_parts_of_an_array(cut: slice) -> None:
    """An array may begin in the middle of another, or be empty."""
    array = pa.array(TEXTS, pa.string())[cut]

    assert [_number(text) for text in TEXTS[cut]] == ending_numbers(array).tolist()
    assert [_stem(text) for text in TEXTS[cut]] == stems(array).to_pylist()


def test_many_digits() -> None:
    """Of more digits than a number holds the last eighteen count."""
    assert [10**17 + 7] == ending_numbers(pa.array([f"33{10**17 + 7}"])).tolist()


def test_hex_endings() -> None:
    """Ids end with eight hexadecimal digits; what does not is 0."""
    ids = ["448e8f5f-e2fc-8be9-9197-bcba164cedd3", None, "", "x", "0000000G", "ABCDEF01"]

    assert [0x164CEDD3, 0, 0, 0, 0, 0xABCDEF01] == hex_endings(pa.array(ids, pa.string())).tolist()
    assert [] == hex_endings(pa.array([], pa.string())).tolist()
