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
    """The request cannot be understood as it stands."""

    code = "invalid_request"
    status = HTTPStatus.BAD_REQUEST


class InvalidConfiguration(InvalidRequest):
    """The configuration breaks a rule, or costs too much.

    ``details`` maps dotted paths to lists of sentences, or has ``estimated_bytes`` and ``allowed_bytes``.
    """

    code = "invalid_configuration"


class UnknownPattern(InvalidRequest):
    """There is no trigger of that name; ``details["patterns"]`` lists those there are."""

    code = "unknown_pattern"


class RangeNotSatisfiable(InvalidRequest):
    """A download has no bytes where the request wants some.

    Parameters
    ----------
    length
        How many bytes it has.
    """

    code = "range_not_satisfiable"
    status = HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE

    def __init__(self, length: int) -> None:
        super().__init__(f"There are {length} bytes, none of them in this range.", {"length_bytes": length})
        self.length = length


class Unauthorized(DatasynthError):
    """No key, a wrong key, or a ticket that is spent."""

    code = "unauthorized"
    status = HTTPStatus.UNAUTHORIZED


class Forbidden(DatasynthError):
    """The server knows who asks, and does not do this for them."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN


class NotFound(DatasynthError):
    """Nothing lives at that address."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND


class NoStream(NotFound):
    """No stream has been started yet."""

    code = "no_stream"


class MethodNotAllowed(DatasynthError):
    """The address exists, but not for this HTTP method."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED


class RequestTimeout(DatasynthError):
    """The request did not arrive in the time that it has; the connection closes."""

    code = "request_timeout"
    status = HTTPStatus.REQUEST_TIMEOUT


class PayloadTooLarge(DatasynthError):
    """The body is larger than the server reads."""

    code = "payload_too_large"
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


class UnsupportedMediaType(DatasynthError):
    """The body is in a format that this call does not read."""

    code = "unsupported_media_type"
    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


class Conflict(DatasynthError):
    """The call does not fit the present state of things."""

    status = HTTPStatus.CONFLICT


class StreamAlreadyRunning(Conflict):
    """One REST stream at a time; the present one is preparing, running or paused."""

    code = "stream_already_running"


class NoActiveStream(Conflict):
    """There is no stream preparing, running or paused to act on."""

    code = "no_active_stream"


class TooManyTriggers(Conflict):
    """The stream's trigger log is full."""

    code = "too_many_triggers"


class PreconditionFailed(DatasynthError):
    """What the request makes a condition does not hold."""

    code = "precondition_failed"
    status = HTTPStatus.PRECONDITION_FAILED


class RateLimitExceeded(DatasynthError):
    """The client made as many requests as its window holds.

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
    """The server's own fault; the log has the cause under the request's id."""


class Unimplemented(DatasynthError):
    """The request asks for a part of the protocol that the server does not have."""

    code = "not_implemented"
    status = HTTPStatus.NOT_IMPLEMENTED


class Overloaded(DatasynthError):
    """The server cannot take this on now.

    Parameters
    ----------
    message
        One sentence for a person.
    details
        What a program may want to know about it; JSON-serialisable.
    retry_after
        Whole seconds after which another try makes sense. [s]
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
