"""The way in and out that all calls share, over a real channel, with answers of the test's own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from datasynth.errors import InvalidRequest, NoActiveStream, Overloaded
from datasynth.service.admission.access import Access, unnamed_keys
from datasynth.service.admission.rate_window import RateWindow
from datasynth.service.threads.counters import Count, Counters
from datasynth.transports.rpc.calls import CallLimit, Calls, parsed
from datasynth.transports.rpc.guard import CallGuard
from datasynth.transports.rpc.request_timeouts import RequestTimeouts
from datasynth.transports.rpc.synth_pb2 import Config, GenerationRequest
from tests.transports.rpc.harness import TIMEOUT, Clock, refusal, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from datasynth.transports.rpc.calls import RpcCall


KEY = "open sesame"
WITH_KEY = (("x-api-key", KEY),)
STRANGER = (("x-api-key", "guess"),)


def echo(body: bytes, call: RpcCall) -> bytes:
    """Answer with the request."""
    del call
    return body


def refuse(body: bytes, call: RpcCall) -> bytes:
    """Fail as the table says."""
    del body, call
    raise NoActiveStream("Nothing runs.", {"state": "stopped"})


def crash(body: bytes, call: RpcCall) -> bytes:
    """Fail as nobody expects."""
    del call
    raise ZeroDivisionError(f"secret {body!r}")


@dataclass
class Flood:
    """A call that never ends by itself, and how often it was set free."""

    started: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))
    freed: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def __call__(self, body: bytes, call: RpcCall) -> Iterator[bytes]:
        """Send without end."""
        del body
        self.started.release()
        try:
            while not call.gone:
                call.ensure_open()
                yield bytes(100_000)
        finally:
            self.freed.release()

    def wait(self, body: bytes, call: RpcCall) -> Iterator[bytes]:
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


def backwards(body: bytes, call: RpcCall) -> Iterator[bytes]:
    """Answer each message of a conversation twice."""
    del call
    yield body[::-1]
    yield body


@dataclass(frozen=True)
class Served:
    """A server of toy calls and a channel to it."""

    calls: Calls
    counters: Counters
    timeouts: RequestTimeouts
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
def serving(limit: int = 0, threads: int = 8, most: int = 1_000) -> Iterator[Served]:
    """Serve the toys on a free port; the clock stands still."""
    clock, flood = Clock(), Flood()
    timeouts = RequestTimeouts(10.0, clock, most)
    counters = Counters()
    guard = CallGuard(Access(unnamed_keys([KEY])), RateWindow(limit, clock=clock), counters)
    pool = ThreadPoolExecutor(threads)
    calls = Calls(guard, timeouts, counters, pool)
    methods = {
        "Echo": calls.unary(echo),
        "Refuse": calls.unary(refuse),
        "Crash": calls.unary(crash),
        "Probe": calls.unary(echo, probe=True),
        "Flood": calls.stream(flood),
        "Wait": calls.stream(flood.wait),
        "Talk": calls.dialogue(backwards),
    }
    with pool:
        server = grpc.server(pool, [grpc.method_handlers_generic_handler("toy.Toy", methods)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield Served(calls, counters, timeouts, clock, flood, channel)
        # grpcio's own book of calls: whatever it still holds would never be freed.
        wait_until(lambda: not server._state.rpc_states)  # type: ignore[attr-defined]
        server.stop(None)


def test_an_answer_carries_what_is_left_of_the_limit() -> None:
    """Every counted answer tells limit, remainder and reset."""
    with serving(limit=5) as served:
        answer, trailers = served.ask("Echo")

    assert answer == b"hello"
    assert trailers.pop("x-request-id")
    expected = {"x-ratelimit-limit": "5", "x-ratelimit-remaining": "4", "x-ratelimit-reset": "60"}
    assert expected == trailers


def test_an_error_of_the_table_arrives_with_status_code_and_details() -> None:
    """The client sees the error, not that something failed."""
    with serving() as served:
        code, message, trailers = served.refused("Refuse")

    assert grpc.StatusCode.FAILED_PRECONDITION == code
    assert message == "Nothing runs."
    assert trailers.pop("x-request-id")
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
    """The client is told why, and nothing is left of the call."""
    with serving() as served, headers_only(served, "Echo") as [call]:
        wait_until(lambda: len(served.timeouts) == 1)
        served.clock.now += 10.0
        served.timeouts.tick()
        code, message = call.code(), call.details()

        assert grpc.StatusCode.CANCELLED == code
        assert message == "The request message did not arrive in time."
        assert served.calls.open == 0


@pytest.mark.parametrize("method", ["Echo", "Flood", "Talk"])
def test_calls_without_a_request_hold_no_thread(method: str) -> None:
    """A hundred of them leave the two threads of the pool to whoever has something to ask."""
    with serving(threads=2) as served, headers_only(served, method, 100) as calls:
        wait_until(lambda: len(served.timeouts) == 100)
        answers = [served.ask("Echo")[0] for _ in range(10)]
        for call in calls:
            call.cancel()
        wait_until(lambda: served.calls.open == 0)

        assert [b"hello"] * 10 == answers
        assert len(served.timeouts) == 0


def test_a_conversation_holds_no_thread_between_its_messages() -> None:
    """Both answers to each message arrive in order, and others are served meanwhile."""
    with serving(threads=1) as served:
        messages: SimpleQueue[bytes | None] = SimpleQueue()
        talk: grpc.StreamStreamMultiCallable[bytes, bytes] = served.channel.stream_stream("/toy.Toy/Talk")
        answers = talk(iter(messages.get, None), metadata=WITH_KEY, timeout=TIMEOUT)
        heard = []
        for message in (b"one", b"two"):
            messages.put(message)
            heard += [next(answers), next(answers)]
            assert served.ask("Echo")[0] == b"hello"
        messages.put(None)

        assert [b"eno", b"one", b"owt", b"two"] == heard
        assert [] == list(answers)
        assert grpc.StatusCode.OK == answers.code()


def test_a_slow_request_is_served_when_it_is_there() -> None:
    """A client may take a moment between headers and message."""
    with serving() as served:
        ready = threading.Event()

        def slow() -> Iterator[bytes]:
            ready.wait(TIMEOUT)
            yield b"late"

        call: grpc.StreamUnaryMultiCallable[bytes, bytes] = served.channel.stream_unary("/toy.Toy/Echo")
        pending = call.future(slow(), metadata=WITH_KEY, timeout=TIMEOUT)
        wait_until(lambda: len(served.timeouts) == 1)
        served.clock.now += 9.9
        served.timeouts.tick()
        ready.set()

        assert pending.result(TIMEOUT) == b"late"


def test_a_call_that_ends_without_its_request_is_the_client_s_error() -> None:
    """A client that closes its side without a message is told so."""
    with serving() as served:
        call: grpc.StreamUnaryMultiCallable[bytes, bytes] = served.channel.stream_unary("/toy.Toy/Echo")
        code, message, trailers = refusal(lambda: call(iter(()), metadata=WITH_KEY, timeout=TIMEOUT))

    assert grpc.StatusCode.INVALID_ARGUMENT == code
    assert message == "The call ended without its request message."
    assert trailers["error-code"] == "invalid_request"


def test_the_guard_speaks_before_the_request_has_come() -> None:
    """A stranger and a client beyond its limit need send nothing to be refused."""
    with serving(limit=1) as served:
        with headers_only(served, "Echo", metadata=STRANGER) as [stranger]:
            unknown = stranger.code()
        served.ask("Echo")
        with headers_only(served, "Echo") as [eager]:
            beyond = eager.code()

    assert grpc.StatusCode.UNAUTHENTICATED == unknown
    assert grpc.StatusCode.RESOURCE_EXHAUSTED == beyond


def test_too_many_waiting_calls_evict() -> None:
    """The oldest ones are told to come back; what they took is free."""
    with serving(most=5) as served, headers_only(served, "Echo", 8) as calls:
        wait_until(lambda: sum(call.done() for call in calls) == 3)
        codes = {call.code() for call in calls if call.done()}

        assert {grpc.StatusCode.UNAVAILABLE} == codes
        assert served.calls.open == len(served.timeouts) == 5


def test_shutting_down_ends_calls_that_wait_for_their_request() -> None:
    """Nobody is left to wait for a message that the server would not serve."""
    with serving() as served, headers_only(served, "Echo", 3) as calls:
        wait_until(lambda: len(served.timeouts) == 3)
        served.calls.shut_down()
        codes = {call.code() for call in calls}

        assert {grpc.StatusCode.UNAVAILABLE} == codes
        assert served.calls.open == 0


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


@contextmanager
def headers_only(
    served: Served, method: str, count: int = 1, metadata: tuple[tuple[str, str], ...] = WITH_KEY
) -> Iterator[list[Any]]:
    """Open calls that send no message until the end of the block."""
    over = threading.Event()

    def nothing() -> Iterator[bytes]:
        over.wait(TIMEOUT)
        yield from ()

    opened: grpc.StreamStreamMultiCallable[bytes, bytes] = served.channel.stream_stream(f"/toy.Toy/{method}")
    try:
        yield [opened(nothing(), metadata=metadata) for _ in range(count)]
    finally:
        over.set()


def test_the_one_too_many_is_refused_at_once() -> None:
    """Beyond the places there is an error instead of a wait."""
    limit = CallLimit(2, "streams")

    with limit.taken(), limit.taken(), pytest.raises(Overloaded, match="2 streams"), limit.taken():
        pass


def test_a_place_comes_back_whatever_happened() -> None:
    """A call that fails leaves its place like any other."""
    limit = CallLimit(1, "streams")

    for _ in range(3):
        with pytest.raises(ZeroDivisionError), limit.taken():
            raise ZeroDivisionError


def test_an_absent_count_is_not_a_zero() -> None:
    """`optional` fields tell absence from zero."""
    absent = parsed(GenerationRequest, b"")
    zero = parsed(GenerationRequest, GenerationRequest(count=0).SerializeToString())

    assert not absent.HasField("count")
    assert zero.HasField("count")


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
def test_garbage_is_the_client_s_error(body: bytes) -> None:
    """Broken tags, cut-off fields and text that is not UTF-8 are refused by name."""
    with pytest.raises(InvalidRequest, match=r"synth\.Config"):
        parsed(Config, body)


def test_fields_of_a_newer_client_are_ignored() -> None:
    """A field that this server does not know changes nothing."""
    body = Config(yaml="a: 1").SerializeToString() + b"\xd2\x09\x03new"

    assert parsed(Config, body).yaml == "a: 1"
