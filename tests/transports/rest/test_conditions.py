"""Conditions and ranges, by the rules of RFC 9110."""

from __future__ import annotations

import pytest
from flask import Request, Response
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from datasynth.errors import PreconditionFailed, RangeNotSatisfiable
from datasynth.transports.rest.conditions import announce, is_unchanged

TAG = "abc"
LENGTH = 1_000


def asked(method: str = "GET", **headers: str) -> Request:
    """Make a request with these headers, whose names have ``_`` for ``-``."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(EnvironBuilder(method=method, headers=list(named.items())).get_environ())


def part(request: Request, length: int = LENGTH) -> tuple[int, int, int]:
    """Status, and the bytes that come."""
    answer = Response()
    start, stop = announce(answer, request, TAG, length)
    assert str(stop - start) == answer.headers["Content-Length"]
    assert answer.headers["Accept-Ranges"] == "bytes"
    if answer.status_code == 206:
        assert f"bytes {start}-{stop - 1}/{length}" == answer.headers["Content-Range"]
    else:
        assert "Content-Range" not in answer.headers
    return answer.status_code, start, stop


@pytest.mark.parametrize(
    ("range_", "first", "after"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-999", 0, 1_000),
        ("bytes=5-", 5, 1_000),
        ("bytes=5-99999999999999999999999", 5, 1_000),
        ("bytes=999-", 999, 1_000),
        ("bytes=-1", 999, 1_000),
        ("bytes=-1000", 0, 1_000),
        ("bytes=-5000", 0, 1_000),
        ("Bytes = 1 - 2", 1, 3),
    ],
)
def test_one_range(range_: str, first: int, after: int) -> None:
    """One range is cut at the end; a suffix longer than the whole is the whole."""
    assert (206, first, after) == part(asked(Range=range_))


@pytest.mark.parametrize(
    "range_",
    [
        "bytes=0-1,5-6",
        "bytes=5-6,0-1",
        "bytes=2-1",
        "bytes=a-b",
        "bytes=-0",
        "bytes=",
        "bytes",
        "bytes=1",
        "bytes=--1",
        "bytes=1-2-3",
        "bytes=+1-2",
        "lines=0-1",
        "bytes=" + "9" * 5_000 + "-",
    ],
)
def test_what_is_no_single_range_of_bytes_is_ignored(range_: str) -> None:
    """Several ranges, other units and what cannot be read are answered with the whole."""
    assert (200, 0, LENGTH) == part(asked(Range=range_))


@pytest.mark.parametrize(
    ("range_", "length"), [("bytes=1000-", 1_000), ("bytes=9999-10000", 1_000), ("bytes=0-", 0)]
)
def test_range_behind_the_end(range_: str, length: int) -> None:
    """What begins at the end or behind it cannot be satisfied; the error has the length."""
    with pytest.raises(RangeNotSatisfiable) as refused:
        part(asked(Range=range_), length)

    assert length == refused.value.length
    assert {"length_bytes": length} == refused.value.details


def test_last_bytes_of_nothing() -> None:
    """They are nothing, whole."""
    assert (200, 0, 0) == part(asked(Range="bytes=-5"), 0)


def test_only_get_has_ranges() -> None:
    """HEAD tells about the whole, whatever range it names."""
    assert (200, 0, LENGTH) == part(asked("HEAD", Range="bytes=0-1"))


@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ('"abc"', 206),
        (' "abc" ', 206),
        ('"xyz"', 200),
        ('W/"abc"', 200),
        ("abc", 200),
        ("Sun, 29 Nov 2026 01:00:00 GMT", 200),
        ("", 200),
    ],
)
def test_range_on_condition(condition: str, status: int) -> None:
    """A part comes only if the whole is what the client knows; weak tags and dates never say so."""
    assert status == part(asked(Range="bytes=0-1", If_Range=condition))[0]


@given(first=st.integers(0, 2_000), last=st.integers(0, 2_000), length=st.integers(1, 1_500))
def test_ranges_are_those_of_a_slice(first: int, last: int, length: int) -> None:
    """What comes is ``whole[first:last + 1]``, or an error where that is empty."""
    whole = bytes(length)
    if last < first:
        assert (200, 0, length) == part(asked(Range=f"bytes={first}-{last}"), length)
    elif first >= length:
        with pytest.raises(RangeNotSatisfiable):
            part(asked(Range=f"bytes={first}-{last}"), length)
    else:
        _, start, stop = part(asked(Range=f"bytes={first}-{last}"), length)
        assert (first, len(whole[first : last + 1])) == (start, stop - start)


@pytest.mark.parametrize(
    ("tags", "unchanged"),
    [('"abc"', True), ('W/"abc"', True), ('"x", "abc"', True), ("*", True), ('"xyz"', False), ("", False)],
)
def test_if_none_match(tags: str, unchanged: bool) -> None:
    """Whoever has it already is told so; weak tags count as well."""
    assert unchanged == is_unchanged(asked(If_None_Match=tags), TAG)
    assert not is_unchanged(asked(), TAG)


@pytest.mark.parametrize("tags", ['"abc"', '"x", "abc"', "*"])
def test_if_match_holds(tags: str) -> None:
    """A condition that holds changes nothing."""
    assert not is_unchanged(asked(If_Match=tags), TAG)


@pytest.mark.parametrize("tags", ['"xyz"', 'W/"abc"', ""])
def test_if_match_fails(tags: str) -> None:
    """Whoever wants another answer gets none; the error has the present tag."""
    with pytest.raises(PreconditionFailed) as refused:
        is_unchanged(asked(If_Match=tags), TAG)

    assert {"etag": '"abc"'} == refused.value.details
