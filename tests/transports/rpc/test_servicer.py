"""The page's four calls, over a real channel to real services."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING, Any, cast

import grpc
import pytest

from datasynth.config import ConfigDocument
from datasynth.encoding import Format, make_encoder
from datasynth.service.admission.memory_guard import EXCEEDED
from datasynth.service.streams.lifecycle import State
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.waker import Caller, ThreadWaker
from datasynth.transports.rpc import synth_pb2_grpc
from datasynth.transports.rpc.servicer import CallWaker
from datasynth.transports.rpc.synth_pb2 import Config, Empty, GenerationRequest
from tests.fakes import RecordingWaker
from tests.transports.conftest import TOTAL
from tests.transports.journal import SmallJournal
from tests.transports.rpc.harness import TIMEOUT, refusal, trailers, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.transports.rpc.calls import RpcCall
    from tests.transports.rpc.harness import Served


pytestmark = pytest.mark.server

ENDLESS = 10_000_000


def generate(served: Served, *first: object, **request: int) -> Any:
    """Open a StartGeneration call, with any number of wishes where to begin."""
    return served.synth.StartGeneration(
        GenerationRequest(**request),
        metadata=[("x-first", str(value)) for value in first],
        timeout=TIMEOUT,
    )


def start_rest(served: Served) -> Any:
    """Start the stream that REST would, waiting for its first subscriber for long."""
    request = StartRequest(count=ENDLESS, wait_for_subscriber=60.0)
    registry, document = served.services.registry, served.services.config_store.document
    return registry.start(request, document, Caller("a client", ThreadWaker()))


def payloads(total: int) -> list[bytes]:
    """Encode the same entries without any server."""
    config = ConfigDocument.defaults().merge({"transactions": {"target_count": total}}).config
    journal = SmallJournal(config)
    encoded = make_encoder(Format.PROTOBUF, journal.vocabulary, "x").encode(journal.block(0, total))
    assert encoded.payload_offsets is not None
    starts, ends = encoded.payload_offsets.tolist(), encoded.entry_offsets.tolist()[1:]
    return [encoded.data[start:end].tobytes() for start, end in zip(starts, ends, strict=True)]


def test_entries_arrive_as_the_encoder_wrote_them(serve: Callable[..., Served]) -> None:
    """Message by message the same bytes, over several blocks, in order."""
    served = serve()
    raw: Any = served.channel.unary_stream(
        "/synth.SynthService/StartGeneration", request_serializer=GenerationRequest.SerializeToString
    )

    assert payloads(2_500) == list(raw(GenerationRequest(count=2_500), timeout=TIMEOUT))


def test_an_absent_count_is_the_configured_one(serve: Callable[..., Served]) -> None:
    """Without `count` the whole configuration comes."""
    call = generate(serve())

    assert TOTAL == len(list(call))
    assert trailers(call)["stream-status"] == "completed"


def test_both_services_give_the_same(serve: Callable[..., Served]) -> None:
    """`synth.Synth` is the same room by another door."""
    served = serve()
    other = synth_pb2_grpc.SynthStub(served.channel)

    assert list(generate(served, count=50)) == list(other.StartGeneration(GenerationRequest(count=50)))
    assert served.synth.GetConfig(Empty()) == other.GetConfig(Empty())
    assert other.SetConfig(Config(yaml="global: {seed: 7}")).success
    assert other.StopGeneration(Empty()).success


def test_first_goes_on_where_another_call_ended(serve: Callable[..., Served]) -> None:
    """Two calls together give what one gives."""
    served = serve()
    whole = list(generate(served, count=2_100))

    assert whole[2_040:] == list(generate(served, 2_040, count=2_100))


def test_first_may_be_the_end(serve: Callable[..., Served]) -> None:
    """Whoever has everything already gets nothing, and that is complete."""
    served = serve()
    call = generate(served, 10, count=10)

    assert [] == list(call)
    assert trailers(call)["stream-status"] == "completed"
    assert State.COMPLETED == served.services.registry.all()[0].advance().state


def test_a_field_of_an_earlier_draft_is_ignored(serve: Callable[..., Served]) -> None:
    """Whoever still sends `first` as field 2 gets the whole stream, as from any server that never knew it."""
    served = serve()
    raw: Any = served.channel.unary_stream("/synth.SynthService/StartGeneration")
    draft = GenerationRequest(count=50).SerializeToString() + b"\x10\x07"

    assert payloads(50) == list(raw(draft, timeout=TIMEOUT))


NUMBER = "x-first: Must be a whole number from 0, in decimal digits."


@pytest.mark.parametrize(
    ("first", "request_fields", "cause"),
    [
        ([], {"count": 0}, "count: Must be a whole number from 1 to 1,000,000,000,000."),
        ([], {"count": -1}, "count: Must be a whole number from 1 to 1,000,000,000,000."),
        ([], {"count": 10**12 + 1}, "count: Must be a whole number from 1 to 1,000,000,000,000."),
        ([11], {"count": 10}, "x-first: Must be from 0 to 10."),
        ([TOTAL + 1], {}, f"x-first: Must be from 0 to {TOTAL}."),
        ([9_999_999_999_999_999_999], {}, f"x-first: Must be from 0 to {TOTAL}."),
        ([3, 3], {}, "x-first: Must be given only once."),
        *(
            ([bad], {}, NUMBER)
            for bad in (-1, "", "+1", "1.0", "1e2", "0x1", "1,2", "1 2", "1_0", "9" * 5_000)
        ),
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_out_of_bounds_is_refused(
    serve: Callable[..., Served], first: list[object], request_fields: dict[str, int], cause: str
) -> None:
    """Message and details name the cause, and no stream comes of it."""
    served = serve()

    code, message, metadata = refusal(lambda: list(generate(served, *first, **request_fields)))

    assert grpc.StatusCode.INVALID_ARGUMENT == code
    assert cause in message.splitlines()
    assert metadata["error-code"] == "invalid_request"
    name, _, sentence = cause.partition(": ")
    assert {name: [sentence]} == json.loads(metadata["error-details"])
    assert served.services.registry.all() == []


def test_a_call_is_a_stream_that_the_server_knows(serve: Callable[..., Served]) -> None:
    """Its id comes at once, and again at the end, and the registry knows it by that."""
    served = serve()
    call = generate(served, count=ENDLESS)
    next(call)
    stream_id = dict(call.initial_metadata())["stream-id"]

    stream = served.services.registry.get(stream_id)
    assert stream.kind == "grpc"
    assert stream.active
    served.synth.StopGeneration(Empty())
    list(call)
    assert stream_id == trailers(call)["stream-id"]


def test_set_config_merges_and_get_config_shows(serve: Callable[..., Served]) -> None:
    """What is not named stays; what GetConfig answers, SetConfig takes."""
    served = serve()

    answer = served.synth.SetConfig(Config(yaml="transactions:\n  target_count: 33\n"))
    shown = served.synth.GetConfig(Empty())

    assert answer.success
    assert "target_count: 33" in shown.yaml
    assert "industry: manufacturing" in shown.yaml
    assert served.synth.SetConfig(shown).success
    assert shown == served.synth.GetConfig(Empty())
    assert len(list(generate(served))) == 33


def test_all_problems_of_a_configuration_come_at_once(serve: Callable[..., Served]) -> None:
    """Message and metadata name each of them, and nothing has changed."""
    served = serve()
    before = served.synth.GetConfig(Empty())
    document = "global: {seed: x, colour: red}\ntransactions: {target_count: 0}"

    code, message, metadata = refusal(lambda: served.synth.SetConfig(Config(yaml=document)))

    paths = {"global.seed", "global.colour", "transactions.target_count"}
    assert grpc.StatusCode.INVALID_ARGUMENT == code
    assert metadata["error-code"] == "invalid_configuration"
    assert paths == set(json.loads(metadata["error-details"]))
    assert all(path in message for path in paths)
    assert before == served.synth.GetConfig(Empty())


@pytest.mark.parametrize(
    "yaml",
    ["", "a: [", "- a\n- b", "a: &x [1]\nb: *x", "a: .nan", "[" * 10_000],
    ids=["empty", "broken", "list", "alias", "nan", "abyss"],
)
def test_what_is_no_document_is_refused(serve: Callable[..., Served], yaml: str) -> None:
    """Malformed text, other than mappings, aliases and abysses."""
    served = serve()

    code, _, metadata = refusal(lambda: served.synth.SetConfig(Config(yaml=yaml)))

    assert grpc.StatusCode.INVALID_ARGUMENT == code
    assert metadata["error-code"] in {"invalid_request", "invalid_configuration"}


def test_a_running_stream_keeps_its_configuration(serve: Callable[..., Served]) -> None:
    """A change while a call runs shows in the next."""
    served = serve()
    expected = list(generate(served, count=2_500))
    call = generate(served, count=2_500)
    begun = [next(call)]
    served.synth.SetConfig(Config(yaml="global: {seed: 4711}"))

    assert expected == begun + list(call)
    assert expected[0] != next(generate(served, count=2_500))


def test_stop_ends_every_stream_and_says_how_many(serve: Callable[..., Served]) -> None:
    """All gRPC calls and the REST stream; a second time there is none."""
    served = serve()
    rest = start_rest(served)
    calls = [generate(served, count=ENDLESS) for _ in range(3)]
    for call in calls:
        next(call)

    assert served.synth.StopGeneration(Empty()).message == "Stopped 4 streams."
    assert served.synth.StopGeneration(Empty()).message == "Stopped 0 streams."
    assert State.STOPPED == rest.snapshot().state
    for call in calls:
        list(call)
        assert grpc.StatusCode.OK == call.code()
        assert trailers(call)["stream-status"] == "stopped"


class Slow:
    """Journals whose building goes on, checkpoint after checkpoint, until the gate opens."""

    def __init__(self) -> None:
        self.gate = threading.Event()

    def __call__(self, config: Any, checkpoint: Callable[[], None]) -> SmallJournal:
        while not self.gate.wait(0.005):
            checkpoint()
        return SmallJournal(config)


def test_a_call_is_known_and_stoppable_while_its_journal_is_built(serve: Callable[..., Served]) -> None:
    """The id comes at once, a stop counts the call, and it ends with OK and says that it was stopped."""
    served = serve(make_journal=Slow())
    call = generate(served, count=ENDLESS)
    metadata = {item.key: item.value for item in call.initial_metadata()}
    assert served.services.registry.get(metadata["stream-id"]).advance().state == "preparing"
    stopped = served.synth.StopGeneration(Empty(), timeout=TIMEOUT)

    assert stopped.message == "Stopped 1 stream."
    assert list(call) == []
    assert (grpc.StatusCode.OK, "stopped") == (call.code(), trailers(call)["stream-status"])
    wait_until(lambda: served.services.counters.gauges()["builds_running"] == 0)


def test_abandoned_calls_leave_no_build(serve: Callable[..., Served]) -> None:
    """Callers whose deadline passes or who cancel take their builds along, and the next call is served."""
    slow = Slow()
    served = serve(make_journal=slow)
    calls = [
        served.synth.StartGeneration(GenerationRequest(count=ENDLESS + n), timeout=0.2) for n in range(30)
    ]
    for call in calls[:10]:
        call.cancel()
    for call in calls[10:]:
        with pytest.raises(grpc.RpcError):
            list(call)
    wait_until(served.idle)
    gauges = served.services.counters.gauges
    wait_until(lambda: gauges()["builds_running"] + gauges()["builds_waiting"] == 0)
    slow.gate.set()

    assert len(list(generate(served, count=5))) == 5


def test_a_journal_that_cannot_be_built_fails_the_call(serve: Callable[..., Served]) -> None:
    """What goes wrong in a build is the server's fault, and the call says so."""

    def refuse(config: Any, checkpoint: Callable[[], None]) -> SmallJournal:
        checkpoint()
        raise ArithmeticError(config)

    served = serve(make_journal=refuse)
    code, message, _ = refusal(lambda: list(generate(served, count=5)))

    assert (grpc.StatusCode.INTERNAL, True) == (code, "log" in message)


def test_what_costs_too_much_is_refused(serve: Callable[..., Served]) -> None:
    """SetConfig and StartGeneration refuse a configuration for its cost, before there is a stream."""
    served = serve(estimate_bytes=lambda config: config.transactions.target_count)
    served.services.readiness.wait(ThreadWaker())
    asked = (
        lambda: served.synth.SetConfig(
            Config(yaml="transactions: {target_count: 3000000000}"), timeout=TIMEOUT
        ),
        lambda: list(generate(served, count=3_000_000_000)),
    )
    for ask in asked:
        code, message, told = refusal(ask)
        assert code is grpc.StatusCode.INVALID_ARGUMENT
        assert told["error-code"] == "invalid_configuration"
        assert "3,000 MB" in message
        assert json.loads(told["error-details"]) == {
            "estimated_bytes": 3_000_000_000,
            "allowed_bytes": 2_000_000_000,
        }

    assert [] == served.services.registry.all()


def test_a_reader_behind_gets_everything_up_to_the_stop(serve: Callable[..., Served]) -> None:
    """Stopping cuts nothing out."""
    served = serve()
    call = generate(served, count=ENDLESS)
    received = 1
    next(call)
    served.synth.StopGeneration(Empty())
    received += sum(1 for _ in call)

    (stream,) = served.services.registry.all()
    assert stream.snapshot().end == received


def test_low_memory_refuses_and_a_full_memory_fails(serve: Callable[..., Served]) -> None:
    """A stream that fails for want of memory says so; a server short of it takes no call."""
    served = serve()
    call = generate(served, count=ENDLESS)
    next(call)
    (stream,) = served.services.registry.all()
    stream.fail(EXCEEDED)

    code, message, metadata = refusal(lambda: list(call))
    assert grpc.StatusCode.UNAVAILABLE == code
    assert EXCEEDED in message
    assert metadata["error-code"] == "overloaded"

    starved = serve(memory_limit=1_000_000)
    wait_until(lambda: starved.services.guard.low)
    code, _, metadata = refusal(lambda: list(generate(starved, count=10)))
    assert grpc.StatusCode.UNAVAILABLE == code
    assert int(metadata["retry-after"]) > 0
    assert "target_count" in starved.synth.GetConfig(Empty()).yaml


def test_a_stream_that_fails_otherwise_is_the_server_s_fault(serve: Callable[..., Served]) -> None:
    """Anything but memory is an internal error."""
    served = serve()
    call = generate(served, count=ENDLESS)
    next(call)
    served.services.registry.all()[0].fail("Entries could not be computed.")

    code, message, metadata = refusal(lambda: list(call))

    assert grpc.StatusCode.INTERNAL == code
    assert message == "Entries could not be computed."
    assert metadata["error-code"] == "internal_error"


def test_services_that_shut_down_first_end_the_calls(serve: Callable[..., Served]) -> None:
    """Whoever is told first, readers hear UNAVAILABLE."""
    served = serve()
    call = generate(served, count=ENDLESS)
    next(call)
    served.services.registry.shut_down()

    code, _, _ = refusal(lambda: list(call))

    assert grpc.StatusCode.UNAVAILABLE == code


class Line:
    """A call whose client hangs up when a test says so."""

    def __init__(self) -> None:
        self.gone = False
        self.waker = RecordingWaker(self._sleep)
        self.hangs_up = False

    def _sleep(self) -> None:
        self.gone = self.hangs_up


def test_sleeps_as_the_call_does() -> None:
    """While the client is there it is the call's own waker."""
    line = Line()
    waker = CallWaker(cast("RpcCall", line))
    waker.wake()
    assert waker.wait(1.0)
    waker.clear()

    assert not waker.wait(2.0)
    assert [1.0, 2.0] == line.waker.waits


def test_ends_when_the_client_hangs_up() -> None:
    """A client that leaves during the sleep ends it."""
    line = Line()
    line.hangs_up = True
    with pytest.raises(ConnectionResetError):
        CallWaker(cast("RpcCall", line)).wait(None)


def test_does_not_begin_when_the_client_has_gone() -> None:
    """A client that left before, and whose wake-up was forgotten, is not waited for."""
    line = Line()
    line.gone = True
    with pytest.raises(ConnectionResetError):
        CallWaker(cast("RpcCall", line)).wait(None)

    assert [] == line.waker.waits
