"""Whether the fuzzer of gRPC sees what is wrong."""

from __future__ import annotations

import itertools
import socket

import pytest

from bench.fuzz.dice import Dice
from bench.wire import grpc
from bench.wire.grpc import Answer
from bench.wire.grpc_attempts import ATTEMPTS
from bench.wire.http2 import Wire


@pytest.mark.parametrize(
    ("status", "fault", "word"),
    [
        ({":status": "200", "grpc-status": "0"}, [], "status 0"),
        ({"grpc-status": "3", "error-code": "invalid_request"}, [], "status 3"),
        ({"grpc-status": "13", "grpc-message": "Failed parsing HTTP%2f2 (x)"}, [], "the core's status 13"),
        ({"grpc-status": "13", "grpc-message": "Odd"}, ["INTERNAL: Odd"], "status 13"),
        (
            {"grpc-status": "13", "grpc-message": "Error parsing ':path'", "error-code": "internal_error"},
            ["INTERNAL: Error parsing ':path'"],
            "status 13",
        ),
        (
            {"grpc-status": "2", "grpc-message": "Exception calling"},
            ["UNKNOWN: Exception calling"],
            "status 2",
        ),
        ({":status": "502"}, ["HTTP 502"], "HTTP 502"),
    ],
    ids=str,
)
def test_an_answer_is_judged(status: dict[str, str], fault: list[str], word: str) -> None:
    """What the server's own code does wrong is a fault; what the core says of broken frames is none."""
    answer = Answer([status])

    assert (fault, [word]) == (answer.faults(), answer.words())


def test_silence_is_told_apart() -> None:
    """A connection that was closed, and one on which nothing came."""
    assert (["hung up"], ["nothing"]) == (Answer(closed=True).words(), Answer().words())


@pytest.mark.parametrize("kind", ATTEMPTS)
def test_equal_seeds_send_the_same(kind: str) -> None:
    """What was found once can be sent again; another seed sends something else sooner or later."""

    def sent(seed: int) -> bytes:
        here, there = socket.socketpair()
        wire = Recorder(here)
        ATTEMPTS[kind](wire, Dice(seed))
        wire.close()
        there.close()
        return bytes(wire.sent)

    class Recorder(Wire):
        sent = b""

        def send(self, data: bytes) -> None:
            self.sent += data

    assert sent(7) == sent(7)
    assert any(sent(seed) != sent(7) for seed in itertools.islice(itertools.count(8), 20))


def test_a_server_that_does_not_answer_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something that accepts and says nothing fails the proper call in between."""
    monkeypatch.setattr(grpc, "PROBE_WITHIN", 0.2)
    monkeypatch.setattr(grpc, "_QUIET", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        report = grpc.run(0.1, 1, deaf.getsockname()[1])

    assert report.faults
    assert "a proper call was answered ['nothing']" in report.faults[-1]
