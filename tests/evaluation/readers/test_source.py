"""Streams cut where lines end."""

from __future__ import annotations

import io

import pytest

from datasynth.evaluation.readers.source import whole_lines

TEXT = b"one\ntwo and more\nthree\n"


@pytest.mark.parametrize("size", [1, 2, 5, 13, 100])
def test_no_line_is_cut(size: int) -> None:
    """Whatever is read at a time, parts end with a line and nothing is lost."""
    parts = list(whole_lines(io.BytesIO(TEXT).read, size))

    assert TEXT == b"".join(parts)
    assert all(part.endswith(b"\n") for part in parts)


def test_last_line_without_its_end() -> None:
    """The last line may lack its line feed; blank ends are dropped."""
    assert [b"one\n", b"two"] == list(whole_lines(io.BytesIO(b"one\ntwo").read, 5))
    assert [b"one\n"] == list(whole_lines(io.BytesIO(b"one\n  ").read))
    assert [] == list(whole_lines(io.BytesIO(b"").read))
