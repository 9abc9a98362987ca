"""Reading request bodies: bounded in size, and only in formats that we name.

The server reads an oversize body to its end and throws it away before it
refuses, since a client that is still sending does not listen.  Past a point, in
bytes or in time, it refuses anyway, and it refuses at once where the client
asks before it sends.  The WSGI server decides how long a body may take; its
stream then raises `RequestTimeout`.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

from flask import g, request
from werkzeug.wsgi import get_input_stream

from datasynth.config.document import parse_document
from datasynth.errors import (
    DatasynthError,
    InvalidRequest,
    PayloadTooLarge,
    RequestTimeout,
    UnsupportedMediaType,
)
from datasynth.transports.limits import REQUEST_BYTES

if TYPE_CHECKING:
    from werkzeug.wrappers import Request

    from datasynth.config.document import MediaType

MAX_DRAINED_BYTES = 64 << 20

_CHUNK_BYTES = 1 << 16

MEDIA_TYPES: dict[str, MediaType] = {
    "application/json": "json",
    "application/yaml": "yaml",
    "application/x-yaml": "yaml",
    "text/yaml": "yaml",
}


def read_body(request: Request) -> bytes:
    """Read the whole body; empty where there is none.

    Raises
    ------
    PayloadTooLarge
        It has more than `REQUEST_BYTES`; up to `MAX_DRAINED_BYTES` of it have
        been read.
    RequestTimeout
        It did not come in time.
    InvalidRequest
        It ended before its announced length, or its chunks are malformed.
    """
    announced = request.content_length
    if not announced and "Transfer-Encoding" not in request.headers:
        return b""
    body = _Kept(announced or 0)
    if body.too_large and asks_first(request):
        raise _too_large()
    try:
        body.read(get_input_stream(request.environ))
    except RequestTimeout:
        if not body.too_large:
            raise
    except DatasynthError:
        raise
    except Exception as failure:  # Every WSGI server has errors of its own for a broken body.
        raise InvalidRequest("The body is incomplete or malformed.") from failure
    if body.too_large:
        raise _too_large()
    if announced is not None and body.length < announced:
        raise InvalidRequest("The body is shorter than its announced length.")
    return bytes(body.kept)


def asks_first(request: Request) -> bool:
    """Tell whether a client waits for the server's word before it sends its body."""
    return request.headers.get("Expect", "").lower() == "100-continue"


def parse_body(request: Request, body: bytes) -> dict[str, object]:
    """Read a document in JSON or YAML, as its content type says.

    Nothing sent is an empty document and needs no content type.

    Raises
    ------
    UnsupportedMediaType
        Another content type, charset or encoding, or none at all.
    InvalidRequest
        Not a document.
    """
    if not body:
        return {}
    media_type = MEDIA_TYPES.get(request.mimetype)
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    encoding = request.headers.get("Content-Encoding", "identity").lower()
    if media_type is None or charset not in {"utf-8", "utf8", "us-ascii"} or encoding != "identity":
        raise UnsupportedMediaType(
            "Send the body as JSON or YAML, in UTF-8 and not compressed.",
            {"content_types": list(MEDIA_TYPES)},
        )
    return parse_document(body, media_type)


def sent_document() -> dict[str, object]:
    """Return the document in the present request's body."""
    return parse_body(request, g.body)


def _too_large() -> PayloadTooLarge:
    return PayloadTooLarge(f"The body is larger than {REQUEST_BYTES} bytes.", {"limit_bytes": REQUEST_BYTES})


class _Kept:
    """What fits into the limit, and how many bytes there were as far as we followed."""

    def __init__(self, announced: int) -> None:
        self.kept = bytearray()
        self.length = 0
        self._announced = announced

    @property
    def too_large(self) -> bool:
        return max(self.length, self._announced) > REQUEST_BYTES

    def read(self, stream: IO[bytes]) -> None:
        while self.length <= MAX_DRAINED_BYTES and (chunk := stream.read(_CHUNK_BYTES)):
            self.length += len(chunk)
            if self.length <= REQUEST_BYTES:
                self.kept += chunk
