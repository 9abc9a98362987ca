"""Reading bodies."""

from __future__ import annotations

import io

import pytest
from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from datasynth.errors import InvalidRequest, PayloadTooLarge, UnsupportedMediaType
from datasynth.transports.limits import REQUEST_BYTES
from datasynth.transports.rest.body import MAX_DRAINED_BYTES, parse_body, read_body


class CountingStream(io.RawIOBase):
    """An input of so many bytes, made as they are read; it knows how many were.

    Parameters
    ----------
    size
        Length of the content. [bytes]
    fails_at
        After how many bytes the connection breaks.
    """

    def __init__(self, size: int, fails_at: int | None = None) -> None:
        self._size = size
        self._fails_at = fails_at
        self.taken = 0

    def read(self, size: int = -1) -> bytes:
        if self._fails_at is not None and self.taken >= self._fails_at:
            raise OSError("The connection broke.")
        chunk = min(self._size - self.taken, size if size >= 0 else self._size)
        self.taken += chunk
        return b" " * chunk


def _request(
    body: bytes = b"", content_type: str | None = None, headers: dict[str, str] | None = None
) -> Request:
    builder = EnvironBuilder(
        method="POST", data=body, content_type=content_type, headers=Headers(headers or {})
    )
    return builder.get_request()


def _chunked(stream: CountingStream) -> Request:
    environ = EnvironBuilder(method="POST", headers=Headers({"Transfer-Encoding": "chunked"})).get_environ()
    environ["wsgi.input"] = stream
    environ["wsgi.input_terminated"] = True
    return Request(environ)


def _announced(stream: CountingStream, length: int) -> Request:
    environ = EnvironBuilder(method="POST").get_environ()
    environ["wsgi.input"] = stream
    environ["CONTENT_LENGTH"] = str(length)
    environ["wsgi.input_terminated"] = True
    return Request(environ)


def test_no_body_is_empty() -> None:
    """A request without a body is not waited upon."""
    assert read_body(_request()) == b""


def test_a_body_of_the_limit_is_read() -> None:
    """The limit itself is allowed, announced or in chunks."""
    assert REQUEST_BYTES == len(read_body(_chunked(CountingStream(REQUEST_BYTES))))
    assert REQUEST_BYTES == len(
        read_body(_announced(CountingStream(REQUEST_BYTES), REQUEST_BYTES)),
    )


def test_an_oversize_body_in_chunks_is_drained_and_refused() -> None:
    """A body without announced length is read to its end before the refusal."""
    stream = CountingStream(3 * REQUEST_BYTES)

    with pytest.raises(PayloadTooLarge):
        read_body(_chunked(stream))

    assert 3 * REQUEST_BYTES == stream.taken


def test_an_oversize_announced_body_is_drained_and_refused() -> None:
    """A body with announced length is read to its end before the refusal."""
    stream = CountingStream(REQUEST_BYTES + 1)

    with pytest.raises(PayloadTooLarge) as refusal:
        read_body(_announced(stream, REQUEST_BYTES + 1))

    assert REQUEST_BYTES + 1 == stream.taken
    assert {"limit_bytes": REQUEST_BYTES} == refusal.value.details


def test_an_endless_body_is_not_followed_for_ever() -> None:
    """Draining has an end, whatever the client sends."""
    stream = CountingStream(1 << 40)

    with pytest.raises(PayloadTooLarge):
        read_body(_chunked(stream))

    assert 2 * MAX_DRAINED_BYTES > stream.taken


def test_a_body_that_breaks_off_is_refused() -> None:
    """A part of a document is never taken for the whole."""
    with pytest.raises(InvalidRequest):
        read_body(_announced(CountingStream(10), 20))
    with pytest.raises(InvalidRequest):
        read_body(_chunked(CountingStream(1 << 20, fails_at=10)))


def test_an_empty_body_needs_no_content_type() -> None:
    """Nothing sent is an empty document."""
    assert parse_body(_request(), b"") == {}
    assert parse_body(_request(content_type="application/x-www-form-urlencoded"), b"") == {}


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"a": 1}'),
        ("Application/JSON; charset=UTF-8", b'{"a": 1}'),
        ("application/yaml", b"a: 1"),
        ("application/x-yaml", b"a: 1"),
        ("text/yaml", b"a: 1"),
    ],
)
def test_json_and_yaml_are_two_spellings(content_type: str, body: bytes) -> None:
    """Both spellings give the same document."""
    assert {"a": 1} == parse_body(_request(body, content_type), body)


@pytest.mark.parametrize(
    ("content_type", "encoding"),
    [
        (None, "identity"),
        ("text/plain", "identity"),
        ("application/x-www-form-urlencoded", "identity"),
        ("multipart/form-data; boundary=x", "identity"),
        ("application/json; charset=utf-16", "identity"),
        ("application/json", "gzip"),
    ],
)
def test_other_content_types_are_refused(content_type: str | None, encoding: str) -> None:
    """What we cannot read is refused before we try."""
    request = _request(b"{}", content_type, {"Content-Encoding": encoding})

    with pytest.raises(UnsupportedMediaType) as refusal:
        parse_body(request, b"{}")

    assert "application/json" in str(refusal.value.details["content_types"])


def test_a_malformed_document_is_refused() -> None:
    """What claims to be JSON must be."""
    with pytest.raises(InvalidRequest):
        parse_body(_request(b"{", "application/json"), b"{")
