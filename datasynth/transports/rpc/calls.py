"""The way in and out that all calls share: guard, request, answer, errors.

Each call is declared to grpcio as one with a stream of requests, although the
proto says that there is one: on the wire there is no difference, and the guard
can then speak before the request has come, and `Patience` end the wait for it.
"""

from __future__ import annotations

import logging
import threading
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

import grpc

from datasynth.errors import DatasynthError, InternalError, Overloaded
from datasynth.service.counters import Count
from datasynth.service.waker import ThreadWaker
from datasynth.transports.rpc.errors import translate
from datasynth.transports.rpc.guard import UNKNOWN_ADDRESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Never

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
    client
        Whom it counts for, once the guard has let it in.
    """

    def __init__(self, context: grpc.ServicerContext) -> None:
        self.context = context
        self.waker: Waker = ThreadWaker()
        self.client = UNKNOWN_ADDRESS
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

    def refuse(self, error: DatasynthError) -> Never:
        """End the call with an error of the table."""
        refusal = translate(error)
        self.tell(refusal.trailers)
        self.context.abort(refusal.code, refusal.message)

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
Dialogue: TypeAlias = "Callable[[Iterator[bytes], Call], Iterator[bytes]]"


class Calls:
    """All calls in progress.

    Parameters
    ----------
    guard
        Who may enter.
    patience
        How long to wait for a request.
    counters
        Where calls are counted.
    """

    def __init__(self, guard: Guard, patience: Patience, counters: Counters) -> None:
        self._guard = guard
        self._patience = patience
        self._counters = counters
        self._lock = threading.Lock()
        self._open: set[Call] = set()
        self._closing = False

    @property
    def open(self) -> int:
        """How many calls are in progress."""
        with self._lock:
            return len(self._open)

    def unary(self, answer: Answer, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and one answer; a probe needs no key and counts for nobody."""

        def behaviour(messages: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
            with self._entered(context, probe=probe) as call:
                return answer(self._patience.first(messages, context), call)

        return grpc.stream_unary_rpc_method_handler(behaviour)

    def stream(self, answers: Answers, *, probe: bool = False) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with one request and any number of answers."""

        def behaviour(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            with self._entered(context, probe=probe) as call:
                yield from answers(self._patience.first(messages, context), call)

        return grpc.stream_stream_rpc_method_handler(behaviour)

    def dialogue(self, dialogue: Dialogue) -> grpc.RpcMethodHandler[bytes, bytes]:
        """Serve a call with any number of requests and answers."""

        def behaviour(messages: Iterator[bytes], context: grpc.ServicerContext) -> Iterator[bytes]:
            with self._entered(context, probe=False) as call:
                yield from dialogue(self._patience.each(messages, context), call)

        return grpc.stream_stream_rpc_method_handler(behaviour)

    def shut_down(self) -> None:
        """Ask every call to end, those to come included."""
        with self._lock:
            self._closing = True
            calls = list(self._open)
        for call in calls:
            call.close()

    @contextmanager
    def _entered(self, context: grpc.ServicerContext, *, probe: bool) -> Iterator[Call]:
        call = Call(context)
        with self._lock:
            self._open.add(call)
            call.closing = self._closing
        try:
            if not context.add_callback(call.waker.wake):
                call.waker.wake()
            if not probe:
                self._counters.add(Count.GRPC_CALLS)
                self._guard.admit(call)
            call.ensure_open()
            yield call
        except grpc.RpcError:
            # The client has gone; grpcio raised this itself and knows.
            raise
        except DatasynthError as error:
            call.refuse(error)
        except Exception:
            request_id = uuid.uuid4().hex
            logger.exception("gRPC call failed, request_id %s", request_id, extra={"request_id": request_id})
            call.refuse(
                InternalError(
                    f"Internal error; the server's log has it under request_id {request_id}.",
                    {"request_id": request_id},
                )
            )
        finally:
            with self._lock:
                self._open.discard(call)
