"""What all gRPC calls have in common: guard, request, answer, errors.

Each call is declared to grpcio as one with a stream of requests, although the
proto says that there is one: on the wire there is no difference, and the guard
can then speak before the request has come.  A thread of the pool is taken for
the guard, and again for each message once it is there; in between, a call waits
in `RequestTimeouts` and holds none.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import grpc
from google.protobuf.message import DecodeError, Message

from datasynth.errors import DatasynthError, InternalError, InvalidRequest, Overloaded
from datasynth.service.admission.clients import UNKNOWN
from datasynth.service.threads.counters import Count
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.request_head import new_request_id
from datasynth.transports.rpc.errors import translate
from datasynth.transports.rpc.grpcio_internals import finish, method_of, receive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from datasynth.service.threads.counters import Counters
    from datasynth.service.threads.waker import Waker
    from datasynth.transports.rpc.guard import CallGuard
    from datasynth.transports.rpc.request_timeouts import RequestTimeouts

AnyMessage = TypeVar("AnyMessage", bound=Message)

Answer: TypeAlias = "Callable[[bytes, RpcCall], bytes]"
Answers: TypeAlias = "Callable[[bytes, RpcCall], Iterator[bytes]]"
Send: TypeAlias = "Callable[[bytes], object]"
_Serve: TypeAlias = "Callable[[bytes, RpcCall], bytes | None]"
"""Serves one message: sends its answers, and returns the last message where there is just one."""

SHUTTING_DOWN = "The server is shutting down."

logger = logging.getLogger(__name__)


class RpcCall:
    """One call from its headers to its status, in the hands of one thread at a time, or of none.

    The guard speaks first; the call waits for a message without a thread, and
    serves it in one; any failure ends the call with an error of the tree.

    Attributes
    ----------
    context
        grpcio's side of the call.
    waker
        Woken when the client has gone or the server shuts down.
    client
        The client that it counts for, once the guard has let it in.
    closing
        Whether the server shuts down.
    """

    def __init__(self, calls: Calls, context: grpc.ServicerContext, serve: _Serve, *, goes_on: bool) -> None:
        self.context = context
        self.waker: Waker = ThreadWaker()
        self.client = UNKNOWN
        self.closing = False
        self._calls = calls
        self._serve = serve
        self._goes_on = goes_on
        self._served = False
        self._trailers: dict[str, str] = {}

    # For the guard and for the code that answers.

    @property
    def method(self) -> str:
        """The path of the method: ``/synth.SynthService/StopGeneration``."""
        return method_of(self.context)

    @property
    def gone(self) -> bool:
        """Whether the client has hung up, or its deadline has passed."""
        return not self.context.is_active()

    def add_trailers(self, trailers: Mapping[str, str]) -> None:
        """Add to the metadata that end the call."""
        self._trailers.update(trailers)
        self.context.set_trailing_metadata(tuple(self._trailers.items()))

    def ensure_open(self) -> None:
        """Raise `Overloaded` when the server shuts down."""
        if self.closing:
            raise Overloaded(SHUTTING_DOWN)

    # For the server.

    def begin(self, *, probe: bool) -> None:
        """Let the call in, or refuse it before its request has come."""
        self._calls.enter(self)
        if not self.context.add_callback(self.waker.wake):
            self.waker.wake()
        self._take(partial(self._admit, probe=probe))

    def close(self) -> None:
        """Ask the call to end, and end it if it waits for a message, since the server shuts down."""
        self.closing = True
        self.waker.wake()
        self._stop_waiting()

    def time_out(self) -> None:
        """End the call, since its message has not come in time."""
        self._end(grpc.StatusCode.CANCELLED, "The request message did not arrive in time.")

    def evict(self) -> None:
        """End the call, since too many others wait."""
        self._refuse(Overloaded("Too many calls are waiting for their request messages."))

    def _admit(self, *, probe: bool) -> None:
        if not probe:
            self._calls.admit(self)
        self.ensure_open()
        self._await()

    def _await(self) -> None:
        """Have the next message received, without waiting for it."""
        self._calls.timeouts.begin(self)
        if not receive(self.context, self._arrived) and self._calls.timeouts.end(self):
            self._calls.leave(self)
        elif self.closing:
            self._stop_waiting()

    def _stop_waiting(self) -> None:
        if self._calls.timeouts.end(self):
            self._take(self.ensure_open)

    def _arrived(self, message: bytes | None) -> None:
        """Hand a message to a thread of the pool; grpcio's own thread comes here, and must not be held."""
        if not self._calls.timeouts.end(self):
            return
        if message is None:
            self._take(self._conclude)
            return
        try:
            self._calls.pool.submit(self._take, partial(self._answer, message))
        except RuntimeError:
            # The pool takes nothing more: the server has been stopped.
            self._refuse(Overloaded(SHUTTING_DOWN))

    def _conclude(self) -> None:
        """End a call whose client sends no more."""
        if not self._served and not self.gone:
            raise InvalidRequest("The call ended without its request message.")
        self._finish(None)

    def _answer(self, message: bytes) -> None:
        self.ensure_open()
        self._served = True
        last = None if self.gone else self._serve(message, self)
        if self._goes_on and not self.gone:
            self._await()
        else:
            self._finish(last)

    def _finish(self, last: bytes | None) -> None:
        finish(self.context, last)
        self._calls.leave(self)

    def _end(self, code: grpc.StatusCode, message: str) -> None:
        self.context.set_code(code)
        self.context.set_details(message)
        self._finish(None)

    def _refuse(self, error: DatasynthError) -> None:
        refusal = translate(error)
        self.add_trailers(refusal.trailers)
        self._end(refusal.code, refusal.message)

    def _take(self, step: Callable[[], object]) -> None:
        """Take the next step of the call; any failure in it ends the call."""
        try:
            step()
        except grpc.RpcError:
            # The client has gone; grpcio raised this itself and knows.
            self._calls.leave(self)
        except DatasynthError as error:
            self._refuse(error)
        except Exception:
            request_id = new_request_id()
            logger.exception("gRPC call failed, request_id %s", request_id, extra={"request_id": request_id})
            self._refuse(
                InternalError(
                    f"Internal error; the server's log has it under request_id {request_id}.",
                    {"request_id": request_id},
                )
            )


class Calls:
    """All calls in progress: they wait in `timeouts` for messages, and threads of `pool` serve them."""

    def __init__(
        self, guard: CallGuard, timeouts: RequestTimeouts, counters: Counters, pool: Executor
    ) -> None:
        self.timeouts = timeouts
        self.pool = pool
        self._guard = guard
        self._counters = counters
        self._lock = threading.Lock()
        self._open: set[RpcCall] = set()
        self._closing = False

    @property
    def open(self) -> int:
        """How many calls are in progress."""
        with self._lock:
            return len(self._open)

    def unary(self, answer: Answer, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and one answer; a probe needs no key and counts for nobody."""
        return self._handler(lambda _: answer, probe=probe)

    def stream(self, answers: Answers, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and any number of answers."""
        return self._handler(lambda send: partial(_send_all, answers, send), probe=probe)

    def dialogue(self, answers: Answers) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with any number of requests, each with its answers."""
        return self._handler(lambda send: partial(_send_all, answers, send), goes_on=True)

    def shut_down(self) -> None:
        """Ask every call to end, those to come included."""
        with self._lock:
            self._closing = True
            calls = list(self._open)
        for call in calls:
            call.close()

    def enter(self, call: RpcCall) -> None:
        """Count a call in."""
        with self._lock:
            self._open.add(call)
            call.closing = self._closing

    def leave(self, call: RpcCall) -> None:
        """Count a call out."""
        with self._lock:
            self._open.discard(call)

    def admit(self, call: RpcCall) -> None:
        """Let in a call that needs a key and counts, or raise the guard's refusal."""
        self._counters.add(Count.GRPC_CALLS)
        call.client = self._guard.admit(call.context, call.method, call.add_trailers)

    def _handler(
        self, bind: Callable[[Send], _Serve], *, probe: bool = False, goes_on: bool = False
    ) -> grpc.RpcMethodHandler[bytes, bytes]:
        def behaviour(requests: Iterator[bytes], context: grpc.ServicerContext, send: Send) -> None:
            # The requests are received elsewhere; to ask this iterator for one is to wait.
            del requests
            RpcCall(self, context, bind(send), goes_on=goes_on).begin(probe=probe)

        # grpcio then lets the call go on when the function has returned; its own health service does it so.
        behaviour.experimental_non_blocking = True  # type: ignore[attr-defined]
        handler: Any = grpc.stream_stream_rpc_method_handler
        return handler(behaviour)  # type: ignore[no-any-return]


class CallLimit:
    """A fixed number of places for calls that last, so that others always find a thread.

    The refusal names them by `what`, a noun in the plural.
    """

    def __init__(self, places: int, what: str) -> None:
        self._places = places
        self._what = what
        self._free = threading.BoundedSemaphore(places)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a place, or raise `Overloaded`."""
        if not self._free.acquire(blocking=False):
            raise Overloaded(f"The limit of {self._places} {self._what} is reached. Try again later.")
        try:
            yield
        finally:
            self._free.release()


def parsed(kind: type[AnyMessage], body: bytes) -> AnyMessage:
    """Read a message, or raise `InvalidRequest`."""
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise InvalidRequest(f"The request is not a message of type {kind.DESCRIPTOR.full_name}.") from error


def _send_all(answers: Answers, send: Send, body: bytes, call: RpcCall) -> None:
    """Send answers until there are no more, or the client has gone."""
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
