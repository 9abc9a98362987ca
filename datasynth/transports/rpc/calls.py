"""The way in and out that all calls share: guard, request, answer, errors.

Each call is declared to grpcio as one with a stream of requests, although the
proto says that there is one: on the wire there is no difference, and the guard
can then speak before the request has come.  A thread of the pool is taken for
the guard, and again for each message once it is there; in between, a call waits
in `Patience` and holds none.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc

from datasynth.errors import DatasynthError, InternalError, InvalidRequest, Overloaded
from datasynth.service.counters import Count
from datasynth.service.waker import ThreadWaker
from datasynth.transports.rpc.errors import translate
from datasynth.transports.rpc.receiving import finish, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from datasynth.service.counters import Counters
    from datasynth.service.waker import Waker
    from datasynth.transports.rpc.guard import Guard
    from datasynth.transports.rpc.patience import Patience

logger = logging.getLogger(__name__)


class Call:
    """One call in progress.

    Parameters
    ----------
    context
        grpcio's side of it.

    Attributes
    ----------
    waker
        Woken when the client has gone or the server shuts down.
    """

    def __init__(self, context: grpc.ServicerContext) -> None:
        self.context = context
        self.waker: Waker = ThreadWaker()
        self.closing = False
        self._trailers: dict[str, str] = {}

    @property
    def gone(self) -> bool:
        """Whether the client has hung up, or its deadline has passed."""
        return not self.context.is_active()

    def tell(self, trailers: Mapping[str, str]) -> None:
        """Add to the metadata that end the call."""
        self._trailers.update(trailers)
        self.context.set_trailing_metadata(tuple(self._trailers.items()))

    def refuse(self, error: DatasynthError) -> None:
        """End the call with an error of the table."""
        refusal = translate(error)
        self.tell(refusal.trailers)
        self.end(refusal.code, refusal.message)

    def end(self, code: grpc.StatusCode, message: str) -> None:
        """End the call with a status."""
        self.context.set_code(code)
        self.context.set_details(message)
        finish(self.context)

    def close(self) -> None:
        """Ask the call to end, since the server does."""
        self.closing = True
        self.waker.wake()

    def ensure_open(self) -> None:
        """Raise `Overloaded` when the server shuts down."""
        if self.closing:
            raise Overloaded("The server is shutting down.")


Answer: TypeAlias = "Callable[[bytes, Call], bytes]"
Answers: TypeAlias = "Callable[[bytes, Call], Iterator[bytes]]"
Send: TypeAlias = "Callable[[bytes], object]"
_Serve: TypeAlias = "Callable[[bytes, Call, Send], bytes | None]"
"""Serves one message: sends what is to be sent, and returns the last message where there is just one."""


class Calls:
    """All calls in progress.

    Parameters
    ----------
    guard
        Who may enter.
    patience
        Where calls wait for their messages.
    counters
        Where calls are counted.
    pool
        The threads that serve them.
    """

    def __init__(self, guard: Guard, patience: Patience, counters: Counters, pool: Executor) -> None:
        self.patience = patience
        self.pool = pool
        self._guard = guard
        self._counters = counters
        self._lock = threading.Lock()
        self._open: set[Exchange] = set()
        self._closing = False

    @property
    def open(self) -> int:
        """How many calls are in progress."""
        with self._lock:
            return len(self._open)

    def unary(self, answer: Answer, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and one answer; a probe needs no key and counts for nobody."""

        def serve(body: bytes, call: Call, send: Send) -> bytes:
            del send
            return answer(body, call)

        return self._handler(serve, probe=probe)

    def stream(self, answers: Answers, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and any number of answers."""
        return self._handler(partial(_send_all, answers), probe=probe)

    def dialogue(self, answers: Answers) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with any number of requests, each with its answers."""
        return self._handler(partial(_send_all, answers), goes_on=True)

    def shut_down(self) -> None:
        """Ask every call to end, those to come included."""
        with self._lock:
            self._closing = True
            exchanges = list(self._open)
        for exchange in exchanges:
            exchange.call.close()
            exchange.wait_no_more()

    def enter(self, exchange: Exchange) -> None:
        """Count a call in."""
        with self._lock:
            self._open.add(exchange)
            exchange.call.closing = self._closing

    def leave(self, exchange: Exchange) -> None:
        """Count a call out."""
        with self._lock:
            self._open.discard(exchange)

    def admit(self, call: Call) -> None:
        """Let a call in that needs a key and counts, or raise what its guard says."""
        self._counters.add(Count.GRPC_CALLS)
        self._guard.admit(call)

    def _handler(
        self, serve: _Serve, *, probe: bool = False, goes_on: bool = False
    ) -> grpc.RpcMethodHandler[bytes, bytes]:
        def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext, send: Send) -> None:
            # The requests are received elsewhere; to ask this iterator for one is to wait.
            del requests
            served = Exchange(
                self, Call(context), lambda body, call: serve(body, call, send), goes_on=goes_on
            )
            served.begin(probe=probe)

        # grpcio then lets the call go on when the function has returned; its own health service does it so.
        behaviour.experimental_non_blocking = True  # type: ignore[attr-defined]
        handler: Any = grpc.stream_stream_rpc_method_handler
        return handler(behaviour)  # type: ignore[no-any-return]


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


def _send_all(answers: Answers, body: bytes, call: Call, send: Send) -> None:
    """Send answers until there are no more, or nobody is left to get them."""
    messages = answers(body, call)
    try:
        for message in messages:
            send(message)
            if call.gone:
                break
    finally:
        # Not left to the garbage collector: it holds a place and a stream.
        if isinstance(messages, Generator):
            messages.close()
