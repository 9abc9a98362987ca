"""Texts as numbers."""

from __future__ import annotations

import pyarrow as pa

from datasynth.evaluation.readers.fingerprints import fingerprints

TEXTS = ["INV-0000000001", "INV-0000000002", None, "", "PO-1", "x" * 40, "INV-0000000001", "PO-1\0"]


def fingerprint(text: str) -> int:
    """The number of one text, alone."""
    return int(fingerprints(pa.array([text], pa.string()))[0])


def test_different_texts_differ() -> None:
    """Equal texts have equal numbers, others do not, and what is absent or empty is nil."""
    found = fingerprints(pa.array(TEXTS, pa.string())).tolist()

    assert [0, 0] == [found[2], found[3]]
    assert (found[0], 6) == (found[6], len(set(found)))


def test_alone_or_among_others() -> None:
    """A text's number does not depend on what stands around it."""
    array = pa.array(["a", *TEXTS, "b"], pa.string())

    assert [fingerprint(text or "") for text in TEXTS] == fingerprints(array[1:-1]).tolist()


def test_texts_of_one_length() -> None:
    """Texts that lie side by side come out as the scattered ones do."""
    texts = [f"KIN-{number:010d}" for number in range(100)]

    assert [fingerprint(text) for text in texts] == fingerprints(pa.array(texts, pa.string())).tolist()


def test_no_texts() -> None:
    """Nothing at all, and nothing but absent ones."""
    assert [] == fingerprints(pa.array([], pa.string())).tolist()
    assert [0, 0] == fingerprints(pa.array([None, None], pa.string())).tolist()
