"""The way in and out that all calls share: guard, request, answer, errors.

Each call is declared to grpcio as one with a stream of requests, although the
proto says that there is one: on the wire there is no difference, and the guard
can then speak before the request has come.  A thread of the pool is taken for
the guard, and again for each message once it is there; in between, a call waits
in `Patience` and holds none.
"""

from __future__ import annotations

import threading
from collections.abc import Generator
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import grpc

from datasynth.errors import Overloaded
from datasynth.service.admission.clients import UNKNOWN
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rpc.errors import translate
from datasynth.transports.rpc.exchange import Exchange
from datasynth.transports.rpc.receiving import finish, method_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from datasynth.errors import DatasynthError
    from datasynth.service.threads.counters import Counters
    from datasynth.service.threads.waker import Waker
    from datasynth.transports.rpc.guard import Guard
    from datasynth.transports.rpc.patience import Patience


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
    client
        Whom it counts for, once the guard has let it in.
    """

    def __init__(self, context: grpc.ServicerContext) -> None:
        self.context = context
        self.waker: Waker = ThreadWaker()
        self.client = UNKNOWN
        self.closing = False
        self._trailers: dict[str, str] = {}

    @property
    def method(self) -> str:
        """What is called: ``/synth.SynthService/StopGeneration``."""
        return method_of(self.context)

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
