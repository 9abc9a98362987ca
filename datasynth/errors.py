"""The errors that every transport speaks of.

One tree; each leaf carries the code that clients see and the HTTP status that
goes with it.  REST, WebSocket and gRPC translate from here and decide nothing::

    DatasynthError
    ├── InvalidRequest            400 invalid_request
    │   ├── InvalidConfiguration  400 invalid_configuration
    │   ├── UnknownPattern        400 unknown_pattern
    │   └── RangeNotSatisfiable   416 range_not_satisfiable
    ├── Unauthorized              401 unauthorized
    ├── Forbidden                 403 forbidden
    ├── NotFound                  404 not_found
    │   └── NoStream              404 no_stream
    ├── MethodNotAllowed          405 method_not_allowed
    ├── RequestTimeout            408 request_timeout
    ├── PayloadTooLarge           413 payload_too_large
    ├── UnsupportedMediaType      415 unsupported_media_type
    ├── Conflict                  409 (abstract)
    │   ├── StreamAlreadyRunning  409 stream_already_running
    │   ├── NoActiveStream        409 no_active_stream
    │   └── TooManyTriggers       409 too_many_triggers
    ├── PreconditionFailed        412 precondition_failed
    ├── RateLimitExceeded         429 rate_limit_exceeded
    ├── InternalError             500 internal_error
    ├── Unimplemented             501 not_implemented
    └── Overloaded                503 overloaded
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping


class DatasynthError(Exception):
    """A failure that a client is told about.

    Parameters
    ----------
    message
        One sentence for a person.
    details
        What a program may want to know about it; JSON-serialisable.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[HTTPStatus] = HTTPStatus.INTERNAL_SERVER_ERROR

    def __init__(self, message: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, object] = dict(details or {})


class InvalidRequest(DatasynthError):
    """The request is not valid."""

    code = "invalid_request"
    status = HTTPStatus.BAD_REQUEST


class InvalidConfiguration(InvalidRequest):
    """The configuration breaks a rule, or its journal needs too much memory.

    ``details`` maps dotted paths to lists of sentences, or has ``estimated_bytes`` and ``allowed_bytes``.
    """

    code = "invalid_configuration"


class UnknownPattern(InvalidRequest):
    """The name of the trigger is unknown; ``details["patterns"]`` lists the known names."""

    code = "unknown_pattern"


class RangeNotSatisfiable(InvalidRequest):
    """The requested range is outside of the download.

    Parameters
    ----------
    length
        How many bytes it has.
    """

    code = "range_not_satisfiable"
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def __init__(self, length: int) -> None:
        super().__init__(f"The range begins after the last of {length} bytes.", {"length_bytes": length})
        self.length = length


class Unauthorized(DatasynthError):
    """The key or ticket is missing or not valid."""

    code = "unauthorized"
    status = HTTPStatus.UNAUTHORIZED


class Forbidden(DatasynthError):
    """The key or the web page is not allowed to make this request."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN


class NotFound(DatasynthError):
    """The path or the stream does not exist."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class NoStream(NotFound):
    """No stream has been started yet."""

    code = "no_stream"


class MethodNotAllowed(DatasynthError):
    """The path does not support this HTTP method."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class RequestTimeout(DatasynthError):
    """The request did not arrive in time, and the server closes the connection."""

    code = "request_timeout"
    status = HTTPStatus.REQUEST_TIMEOUT


class PayloadTooLarge(DatasynthError):
    """The body is too large."""

    code = "payload_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(DatasynthError):
    """The call does not support the format of the body."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Conflict(DatasynthError):
    """The call is not possible in the current state."""

    status = HTTPStatus.CONFLICT


class StreamAlreadyRunning(Conflict):
    """A REST stream is already preparing, running or paused."""

    code = "stream_already_running"


class NoActiveStream(Conflict):
    """No stream is preparing, running or paused."""

    code = "no_active_stream"


class TooManyTriggers(Conflict):
    """The stream has reached the limit of triggers."""

    code = "too_many_triggers"


class PreconditionFailed(DatasynthError):
    """A condition of the request is not met."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED


class RateLimitExceeded(DatasynthError):
    """The client has reached the rate limit.

    Parameters
    ----------
    message
        One sentence for a person.
    retry_after
        Whole seconds until the next request is let in, rounded up. [s]
    """

    code = "rate_limit_exceeded"
    status = HTTPStatus.TOO_MANY_REQUESTS

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, {"retry_after": retry_after})
        self.retry_after = retry_after


class InternalError(DatasynthError):
    """An internal error of the server; the log has the cause under the request id."""


class Unimplemented(DatasynthError):
    """The server does not support a part of the protocol that the request uses."""

    code = "not_implemented"
    status = HTTPStatus.NOT_IMPLEMENTED


class Overloaded(DatasynthError):
    """The server cannot accept this request now.

    Parameters
    ----------
    message
        One sentence for a person.
    details
        What a program may want to know about it; JSON-serialisable.
    retry_after
        Whole seconds to wait before the next try. [s]
    """

    code = "overloaded"
    status = HTTPStatus.SERVICE_UNAVAILABLE

    def __init__(
        self,
        message: str,
        details: Mapping[str, object] | None = None,
        retry_after: int = 1,
    ) -> None:
        super().__init__(message, details)
        self.retry_after = retry_after
