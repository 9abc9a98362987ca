"""Conditional requests and ranges: RFC 9110, sections 13 and 14.

werkzeug reads the headers.  Its own way of answering them refuses what the RFC
wants ignored (several ranges, other units, a range that is none) and takes a
weak tag for a strong one, so the rules are here.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from datasynth.errors import PreconditionFailed, RangeNotSatisfiable
from datasynth.transports.operations import SuccessSpec

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Request, Response

    from datasynth.transports.operations import JsonSchema


def parts_of(content: Mapping[str, JsonSchema]) -> tuple[SuccessSpec, ...]:
    """Return the answers that conditions and ranges lead to, beside one of these media types."""
    anything: dict[str, JsonSchema] = {kind: {} for kind in content}
    return (
        SuccessSpec(
            "The part that `Range` asks for.",
            anything,
            {"Content-Range": "Position of the part."},
            HTTPStatus.PARTIAL_CONTENT,
        ),
        SuccessSpec("The client already has this answer.", status=HTTPStatus.NOT_MODIFIED),
    )


def is_unchanged(asked: Request, tag: str) -> bool:
    """Tell whether the client has the present answer, of a strong tag without quotes, already: 304.

    Raises
    ------
    PreconditionFailed
        The client wants another answer than this one, or none.
    """
    if "If-Match" in asked.headers and not asked.if_match.contains(tag):
        raise PreconditionFailed("The current tag is not in If-Match.", {"etag": f'"{tag}"'})
    return "If-None-Match" in asked.headers and asked.if_none_match.contains_weak(tag)


def announce(answer: Response, asked: Request, tag: str, length: int) -> tuple[int, int]:
    """Set status and headers for the whole answer of `length` bytes, or for the part that the request wants.

    Returns
    -------
    tuple of int
        First byte of the part, and the one after its last.

    Raises
    ------
    RangeNotSatisfiable
        The part would begin behind the end.
    """
    part = _wanted_bytes(asked, tag, length)
    start, stop = part or (0, length)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(stop - start)
    if part is not None:
        answer.status_code = HTTPStatus.PARTIAL_CONTENT
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{length}"
    return start, stop


def _wanted_bytes(asked: Request, tag: str, length: int) -> tuple[int, int] | None:
    """Return the part that the request wants, None for the whole.

    Several ranges are answered with the whole, as a server may, and so is one that cannot be read.
    """
    wanted = asked.range
    if asked.method != "GET" or wanted is None or wanted.units != "bytes" or len(wanted.ranges) != 1:
        return None
    # A date cannot be compared, nor a weak tag; the header is then as if it named another answer.
    if asked.headers.get("If-Range", f'"{tag}"').strip() != f'"{tag}"':
        return None
    first, end = wanted.ranges[0]
    if first < 0:
        # The last bytes of nothing are nothing, which no Content-Range can say.
        return (max(length + first, 0), length) if length else None
    if first >= length:
        raise RangeNotSatisfiable(length)
    return first, min(length, length if end is None else end)
