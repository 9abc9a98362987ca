"""The way in and out that all calls share, over a real channel, with answers of the test's own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from datasynth.errors import NoActiveStream
from datasynth.service.access import Access
from datasynth.service.counters import Count, Counters
from datasynth.service.rate_window import RateWindow
from datasynth.transports.rpc.calls import Calls
from datasynth.transports.rpc.guard import Guard
from datasynth.transports.rpc.patience import Patience
from tests.transports.rpc.harness import TIMEOUT, Clock, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.transports.rpc.calls import Call

KEY = "open sesame"
WITH_KEY = (("x-api-key", KEY),)
STRANGER = (("x-api-key", "guess"),)


def echo(body: bytes, call: Call) -> bytes:
    """Answer with the request."""
    del call
    return body


def refuse(body: bytes, call: Call) -> bytes:
    """Fail as the table says."""
    del body, call
    raise NoActiveStream("Nothing runs.", {"state": "stopped"})


def crash(body: bytes, call: Call) -> bytes:
    """Fail as nobody expects."""
    del call
    raise ZeroDivisionError(f"secret {body!r}")


@dataclass
class Flood:
    """A call that never ends by itself, and how often it was set free."""

    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    freed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, body: bytes, call: Call) -> Iterator[bytes]:
        """Send without end."""
        del body
        self.started.release()
        try:
            while not call.gone:
                call.ensure_open()
                yield bytes(100_000)
        finally:
            self.freed.release()

    def wait(self, body: bytes, call: Call) -> Iterator[bytes]:
        """Send nothing until woken."""
        del body
        self.started.release()
        try:
            while not call.gone:
                call.waker.clear()
                call.ensure_open()
                call.waker.wait(TIMEOUT)
            yield from ()
        finally:
            self.freed.release()


@dataclass(frozen=True)
class Served:
    """A server of toy calls and a channel to it."""

    calls: Calls
    counters: Counters
    patience: Patience
    clock: Clock
    flood: Flood
    channel: grpc.Channel

    def ask(
        self, method: str, body: bytes = b"hello", metadata: tuple[tuple[str, str], ...] = WITH_KEY
    ) -> tuple[bytes, dict[str, str]]:
        """Make a call; return its answer and its trailing metadata."""
        call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = self.channel.unary_unary(f"/toy.Toy/{method}")
        answer, end = call.with_call(body, metadata=metadata, timeout=TIMEOUT)
        return answer, {str(name): str(value) for name, value in end.trailing_metadata()}

    def stream(self, method: str) -> Any:
        """Open a call with many answers."""
        call: grpc.UnaryStreamMultiCallable[bytes, bytes] = self.channel.unary_stream(f"/toy.Toy/{method}")
        return call(b"", metadata=WITH_KEY)

    def refused(
        self, method: str, body: bytes = b"hello", metadata: tuple[tuple[str, str], ...] = WITH_KEY
    ) -> tuple[grpc.StatusCode, str, dict[str, str]]:
        """Make a call that fails; return status, message and trailing metadata."""
        return refusal(lambda: self.ask(method, body, metadata))


@contextmanager
def serving(limit: int = 0) -> Iterator[Served]:
    """Serve the toys on a free port; the clock stands still."""
    clock, flood = Clock(), Flood()
    patience = Patience(10.0, clock)
    counters = Counters()
    calls = Calls(Guard(Access([KEY]), RateWindow(limit, clock=clock), counters), patience, counters)
    methods = {
        "Echo": calls.unary(echo),
        "Refuse": calls.unary(refuse),
        "Crash": calls.unary(crash),
        "Probe": calls.unary(echo, probe=True),
        "Flood": calls.stream(flood),
        "Wait": calls.stream(flood.wait),
    }
    with ThreadPoolExecutor(8) as pool:
        server = grpc.server(pool, [grpc.method_handlers_generic_handler("toy.Toy", methods)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Served(calls, counters, patience, clock, flood, channel)
        server.stop(None)


def test_an_answer_carries_what_is_left_of_the_limit() -> None:
    """Every counted answer tells limit, remainder and reset."""
    with serving(limit=5) as served:
        answer, trailers = served.ask("Echo")

    assert answer == b"hello"
    expected = {"x-ratelimit-limit": "5", "x-ratelimit-remaining": "4", "x-ratelimit-reset": "60"}
    assert expected == trailers


def test_an_error_of_the_table_arrives_with_status_code_and_details() -> None:
    """The client sees the error, not that something failed."""
    with serving() as served:
        code, message, trailers = served.refused("Refuse")

    assert grpc.StatusCode.FAILED_PRECONDITION == code
    assert message == "Nothing runs."
    assert trailers == {"error-code": "no_active_stream", "error-details": '{"state": "stopped"}'}


def test_an_unexpected_error_stays_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """The client gets an id to ask with; reason and traceback are in the log under that id."""
    with serving() as served:
        code, message, trailers = served.refused("Crash")

    (record,) = [record for record in caplog.records if record.name.startswith("datasynth")]
    request_id = trailers["error-details"].split('"')[3]
    assert grpc.StatusCode.INTERNAL == code
    assert trailers["error-code"] == "internal_error"
    assert "secret" not in message + str(trailers)
    assert request_id in record.getMessage()
    assert record.exc_info is not None
    assert "secret" in str(record.exc_info[1])


def test_a_stranger_is_refused_before_being_read_and_counts_for_the_address() -> None:
    """Guessing keys uses up the guesser's limit, not the owner's."""
    with serving(limit=2) as served:
        codes = [served.refused("Echo", metadata=STRANGER)[0] for _ in range(3)]
        _, owner = served.ask("Echo")

    unauthenticated, exhausted = grpc.StatusCode.UNAUTHENTICATED, grpc.StatusCode.RESOURCE_EXHAUSTED
    assert [unauthenticated, unauthenticated, exhausted] == codes
    assert owner["x-ratelimit-remaining"] == "1"


def test_a_call_beyond_the_limit_says_when_to_come_back() -> None:
    """The refusal carries the true remaining time and does not count."""
    with serving(limit=1) as served:
        served.ask("Echo")
        refusals = [served.refused("Echo") for _ in range(2)]

    for code, _, trailers in refusals:
        assert grpc.StatusCode.RESOURCE_EXHAUSTED == code
        assert trailers["error-code"] == "rate_limit_exceeded"
        assert trailers["retry-after"] == "60"
        assert trailers["x-ratelimit-remaining"] == "0"


def test_probes_need_no_key_and_count_for_nobody() -> None:
    """A health check works for anybody, any number of times."""
    with serving(limit=1) as served:
        answers = [served.ask("Probe", metadata=()) for _ in range(5)]

    assert [(b"hello", {})] * 5 == answers


def test_calls_and_refusals_are_counted() -> None:
    """Whoever watches the server sees calls, and those that were turned away."""
    with serving(limit=2) as served:
        served.ask("Echo")
        served.ask("Probe")
        for _ in range(3):
            served.refused("Echo", metadata=STRANGER)
    counts = served.counters.snapshot()

    assert [counts[Count.GRPC_CALLS], counts[Count.UNAUTHORIZED], counts[Count.RATE_LIMITED]] == [4, 3, 1]


def test_a_call_whose_request_never_comes_is_ended() -> None:
    """The thread that waits for the message is free again after the wait."""
    with serving() as served:
        never = threading.Event()
        call: grpc.StreamUnaryMultiCallable[bytes, bytes] = served.channel.stream_unary("/toy.Toy/Echo")
        pending = call.future(silent(never), metadata=WITH_KEY)
        wait_until(lambda: served.calls.open == 1)

        def overdue_and_gone() -> bool:
            # Again and again, since the call counts as open a moment before it waits.
            served.clock.now += 10.0
            served.patience.tick()
            return served.calls.open == 0

        wait_until(overdue_and_gone)
        code = pending.code()
        never.set()

    assert grpc.StatusCode.CANCELLED == code


def test_a_cancelled_call_is_freed_whether_it_sends_or_waits() -> None:
    """Hanging up ends the call at once on both sides."""
    with serving() as served:
        for method in ("Flood", "Wait"):
            call = served.stream(method)
            assert served.flood.started.acquire(timeout=TIMEOUT)
            call.cancel()
            assert served.flood.freed.acquire(timeout=2)
        wait_until(lambda: served.calls.open == 0)


def test_shutting_down_ends_calls_in_progress_and_refuses_new_ones() -> None:
    """Everybody is told UNAVAILABLE."""
    with serving() as served:
        waiting = served.stream("Wait")
        assert served.flood.started.acquire(timeout=TIMEOUT)
        served.calls.shut_down()
        with pytest.raises(grpc.RpcError) as ended:
            list(waiting)
        late, _, trailers = served.refused("Echo")

    assert grpc.StatusCode.UNAVAILABLE == ended.value.code()
    assert grpc.StatusCode.UNAVAILABLE == late
    assert trailers["error-code"] == "overloaded"


def silent(until: threading.Event) -> Iterator[bytes]:
    """Requests that do not come."""
    until.wait(TIMEOUT)
    yield from ()
