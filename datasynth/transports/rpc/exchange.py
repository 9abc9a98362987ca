"""One call on its way from its headers to its status.

What happens when is decided here, and nothing else: the guard speaks first, a
message is waited for without a thread, served in one, and whatever goes wrong
ends the call with an error of the table.
"""

from __future__ import annotations

import logging
import uuid
from functools import partial
from typing import TYPE_CHECKING

import grpc

from datasynth.errors import DatasynthError, InternalError, InvalidRequest, Overloaded
from datasynth.transports.rpc.receiving import finish, receive

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.transports.rpc.calls import Call, Calls

logger = logging.getLogger(__name__)


class Exchange:
    """One call from its headers to its status, in the hands of one thread at a time, or of none.

    Parameters
    ----------
    calls
        All of them.
    call
        This one.
    serve
        Serves a message.
    goes_on
        Whether another message may follow.
    """

    def __init__(
        self, calls: Calls, call: Call, serve: Callable[[bytes, Call], bytes | None], *, goes_on: bool
    ) -> None:
        self.call = call
        self._calls = calls
        self._serve = serve
        self._goes_on = goes_on
        self._served = False

    def begin(self, *, probe: bool) -> None:
        """Let the call in, or refuse it before its request has come."""
        self._calls.enter(self)
        if not self.call.context.add_callback(self.call.waker.wake):
            self.call.waker.wake()
        self._take(partial(self._admit, probe=probe))

    def give_up(self) -> None:
        """End the call, since its message has not come in time."""
        self.call.end(grpc.StatusCode.CANCELLED, "The request message did not come in time.")
        self._calls.leave(self)

    def give_way(self) -> None:
        """End the call, since too many others wait."""
        self._refuse(Overloaded("There are too many calls to wait for this one's request message."))

    def wait_no_more(self) -> None:
        """End the call if it waits for a message, since the server shuts down."""
        if self._calls.patience.end(self):
            self._take(self.call.ensure_open)

    def _admit(self, *, probe: bool) -> None:
        if not probe:
            self._calls.admit(self.call)
        self.call.ensure_open()
        self._await()

    def _await(self) -> None:
        """Have the next message received, without waiting for it."""
        self._calls.patience.begin(self)
        if not receive(self.call.context, self._arrived) and self._calls.patience.end(self):
            self._calls.leave(self)
        elif self.call.closing:
            self.wait_no_more()

    def _arrived(self, message: bytes | None) -> None:
        """Hand a message to a thread of the pool; grpcio's own thread comes here, and must not be held."""
        if not self._calls.patience.end(self):
            return
        if message is None:
            self._take(self._conclude)
            return
        try:
            self._calls.pool.submit(self._take, partial(self._answer, message))
        except RuntimeError:
            # The pool takes nothing more: the server has been stopped.
            self._refuse(Overloaded("The server is shutting down."))

    def _conclude(self) -> None:
        """See to a call whose client sends no more."""
        if not self._served and not self.call.gone:
            raise InvalidRequest("The call ended without its request message.")
        self._finish(None)

    def _answer(self, message: bytes) -> None:
        self.call.ensure_open()
        self._served = True
        last = None if self.call.gone else self._serve(message, self.call)
        if self._goes_on and not self.call.gone:
            self._await()
        else:
            self._finish(last)

    def _finish(self, last: bytes | None) -> None:
        finish(self.call.context, last)
        self._calls.leave(self)

    def _refuse(self, error: DatasynthError) -> None:
        self.call.refuse(error)
        self._calls.leave(self)

    def _take(self, step: Callable[[], object]) -> None:
        """Do the next step of the call; whatever goes wrong in it ends the call."""
        try:
            step()
        except grpc.RpcError:
            # The client has gone; grpcio raised this itself and knows.
            self._calls.leave(self)
        except DatasynthError as error:
            self._refuse(error)
        except Exception:
            request_id = uuid.uuid4().hex
            logger.exception("gRPC call failed, request_id %s", request_id, extra={"request_id": request_id})
            self._refuse(
                InternalError(
                    f"Internal error; the server's log has it under request_id {request_id}.",
                    {"request_id": request_id},
                )
            )
