"""What can go wrong between a program and a server.

One tree.  A refusal has the code, the sentence and the details that the server gave;
the others have codes of the client's own::

    ClientError
    ├── NoServerError                   no_server
    ├── TimedOutError                   timed_out
    ├── ConnectionLostError             connection_lost
    ├── UnexpectedAnswerError           unexpected_answer
    ├── JournalChangedError             journal_changed
    ├── StreamFailedError               stream_failed
    └── RefusedError                    any code of the server that is not below
        ├── InvalidRequestError         invalid_request
        │   ├── InvalidConfigurationError   invalid_configuration
        │   ├── UnknownPatternError     unknown_pattern
        │   └── RangeNotSatisfiableError    range_not_satisfiable
        ├── UnauthorizedError           unauthorized
        ├── ForbiddenError              forbidden
        ├── NotFoundError               not_found
        │   └── NoStreamError           no_stream
        ├── MethodNotAllowedError       method_not_allowed
        ├── RequestTimeoutError         request_timeout
        ├── PayloadTooLargeError        payload_too_large
        ├── UnsupportedMediaTypeError   unsupported_media_type
        ├── ConflictError               (abstract)
        │   ├── StreamAlreadyRunningError   stream_already_running
        │   ├── NoActiveStreamError     no_active_stream
        │   └── TooManyTriggersError    too_many_triggers
        ├── PreconditionFailedError     precondition_failed
        ├── RateLimitExceededError      rate_limit_exceeded
        ├── InternalServerError         internal_error
        ├── UnimplementedError          not_implemented
        └── OverloadedError             overloaded
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class ClientError(Exception):
    """A call that has failed.

    Parameters
    ----------
    message
        One sentence for a person.
    details
        What a program may want to know about it.
    status
        HTTP status of the answer; None where there was none.
    code
        In place of the class's own.
    retry_after
        Seconds after which another try makes sense, as the server says. [s]
    """

    code: str = "client_error"
    passing: ClassVar[bool] = False
    """Whether another try may succeed."""

    def __init__(
        self,
        message: str,
        details: Mapping[str, object] | None = None,
        status: int | None = None,
        *,
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.details: dict[str, object] = dict(details or {})
        self.status = status
        self.code = code or type(self).code
        self.retry_after = retry_after


class NoServerError(ClientError):
    """Nobody answers at the address: no such host, nothing listens there, no way there."""

    code = "no_server"


class TimedOutError(ClientError):
    """The server was silent for longer than `timeout`."""

    code = "timed_out"


class ConnectionLostError(ClientError):
    """The connection broke in the middle of an answer."""

    code = "connection_lost"
    passing = True


class UnexpectedAnswerError(ClientError):
    """The answer is none that a datasynth server gives."""

    code = "unexpected_answer"


class JournalChangedError(ClientError):
    """After a lost connection the entries are those of another journal, so reading cannot go on.

    The configuration was changed, or a trigger has moved entries; a `stream_id`
    keeps the former from happening.
    """

    code = "journal_changed"


class StreamFailedError(ClientError):
    """The stream that is followed has failed on the server."""

    code = "stream_failed"


class RefusedError(ClientError):
    """The server has answered that it does not do this."""

    code = "refused"


class InvalidRequestError(RefusedError):
    """The server cannot understand the request."""

    code = "invalid_request"


class InvalidConfigurationError(InvalidRequestError):
    """The configuration breaks a rule, or costs too much; `details` maps dotted paths to sentences."""

    code = "invalid_configuration"


class UnknownPatternError(InvalidRequestError):
    """There is no trigger of that name; ``details["patterns"]`` lists those there are."""

    code = "unknown_pattern"


class RangeNotSatisfiableError(InvalidRequestError):
    """A download has no bytes where some were wanted."""

    code = "range_not_satisfiable"


class UnauthorizedError(RefusedError):
    """The server wants another key."""

    code = "unauthorized"


class ForbiddenError(RefusedError):
    """The key does not have the right."""

    code = "forbidden"


class NotFoundError(RefusedError):
    """The server does not know this stream, or this address."""

    code = "not_found"


class NoStreamError(NotFoundError):
    """No stream has been started yet."""

    code = "no_stream"


class MethodNotAllowedError(RefusedError):
    """The address does not take this HTTP method."""

    code = "method_not_allowed"


class RequestTimeoutError(RefusedError):
    """The request did not reach the server in time."""

    code = "request_timeout"


class PayloadTooLargeError(RefusedError):
    """The body is too large."""

    code = "payload_too_large"


class UnsupportedMediaTypeError(RefusedError):
    """The server does not read bodies of this kind."""

    code = "unsupported_media_type"


class ConflictError(RefusedError):
    """The call does not fit the present state of things."""


class StreamAlreadyRunningError(ConflictError):
    """A stream is active, and there can be one at a time."""

    code = "stream_already_running"


class NoActiveStreamError(ConflictError):
    """There is no stream to act on."""

    code = "no_active_stream"


class TooManyTriggersError(ConflictError):
    """The stream's trigger log is full."""

    code = "too_many_triggers"


class PreconditionFailedError(RefusedError):
    """What the request makes a condition does not hold."""

    code = "precondition_failed"


class RateLimitExceededError(RefusedError):
    """So many calls are not allowed; `retry_after` says when the next one is."""

    code = "rate_limit_exceeded"
    passing = True


class InternalServerError(RefusedError):
    """The server's own fault; its log has the cause under ``details["request_id"]``."""

    code = "internal_error"


class UnimplementedError(RefusedError):
    """The server does not have this part of the protocol."""

    code = "not_implemented"


class OverloadedError(RefusedError):
    """The server cannot accept this request now."""

    code = "overloaded"
    passing = True


def refusal_codes() -> dict[str, type[RefusedError]]:
    """Return the class of each code of the server."""
    return {kind.code: kind for kind in _below(RefusedError) if "code" in vars(kind)}


def _below(kind: type[RefusedError]) -> Iterator[type[RefusedError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)
