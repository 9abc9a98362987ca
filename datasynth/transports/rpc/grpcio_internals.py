"""The private names of grpcio that the server needs, all in this one file.

grpcio starts a call when its headers arrive, and has no public way to wait for
the request message but to hold one of its pool's threads.  So this file does as
grpcio's own iterators of requests do: ``_receive_message`` makes the function
that grpcio's thread runs when the message is there, and ``_status`` sends the
last message and the status in one go.  Nor is there a public way to ask a call
for its method.  A version that lacks one of the names fails when this module is
loaded; one that has not been tried is reported at the start, and fails the
tests.

grpcio reads metadata that are no UTF-8 as Latin-1, and logs the value with a
traceback.  A key with an odd byte would be in the log, and any caller could
fill it, so a filter drops these records.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import grpc
from grpc._cython import cygrpc  # type: ignore[attr-defined]  # it has no stub
from grpc._server import _RECEIVE_MESSAGE_TOKEN, _is_rpc_state_active, _receive_message, _status

if TYPE_CHECKING:
    from collections.abc import Callable

TRIED = "1.85"
"""The version of grpcio that this file has been tried with."""

LOGGER = "grpc._cython.cygrpc"

_NO_FLAGS = 0

_logger = logging.getLogger(__name__)


def warn_of_other_versions() -> None:
    """Log a warning if grpcio is not the version that has been tried."""
    if not grpc.__version__.startswith(f"{TRIED}."):
        _logger.warning(
            "grpcio %s is not tested with this server. grpcio %s is tested", grpc.__version__, TRIED
        )


def keep_metadata_out_of_the_log() -> None:
    """Drop the records with metadata; a second time it does nothing."""
    logging.getLogger(LOGGER).addFilter(_tells_no_metadata)


def receive(context: Any, then: Callable[[bytes | None], None]) -> bool:
    """Have a call's next message received; returns at once.

    Parameters
    ----------
    context
        grpcio's side of the call, whose requests nobody else reads.
    then
        Gets the message, or None when there will be none.  grpcio's own thread
        calls it, so it must neither wait nor raise.

    Returns
    -------
    bool
        Whether `then` will be called; it will not if the call has ended.
    """
    state, call = context._state, context._rpc_event.call  # noqa: SLF001  # see above
    take = _receive_message(state, call, None)

    def arrived(event: object) -> object:
        finished = take(event)
        with state.condition:
            message, state.request = state.request, None
        then(message)
        return finished

    with state.condition:
        if not _is_rpc_state_active(state):
            return False
        call.start_server_batch((cygrpc.ReceiveMessageOperation(_NO_FLAGS),), arrived)
        state.due.add(_RECEIVE_MESSAGE_TOKEN)
    return True


def method_of(context: Any) -> str:
    """Return the path of a call's method, which has a handler."""
    method: bytes = context._rpc_event.call_details.method  # noqa: SLF001  # see above
    return method.decode()


def finish(context: Any, message: bytes | None = None) -> None:
    """End a call, with a last message or without; returns at once.

    Status and details are those set on `context`, else OK.  A call that has
    ended already stays as it is.
    """
    state = context._state  # noqa: SLF001  # see above
    with state.condition:
        if _is_rpc_state_active(state):
            _status(context._rpc_event, state, message)  # noqa: SLF001  # see above


def _tells_no_metadata(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith("Invalid encoding")
