"""Hostile HTTP/1."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING
from urllib.request import urlopen

from bench.wire.answers import Malformed, read_answers
from bench.wire.playing import HOST, play
from bench.wire.requests import Call, attempt_of
from bench.wire.series import SERIES, Tried, run_series

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.wire.report import Report


def known_calls(port: int) -> list[Call]:
    """Ask a server for its calls."""
    with urlopen(f"http://{HOST}:{port}/", timeout=30.0) as answer:
        told = json.load(answer)["calls"]
    return [Call(*one.split(" ", 1)) for one in told]


def run(seconds: float, seed: int, port: int, most: int = SERIES) -> Report:
    """Send hostile requests until the time is over.

    Parameters
    ----------
    seconds
        When to begin none any more. [s]
    seed
        Which ones.
    port
        Where the server listens on loopback.
    most
        How many at most.
    """
    return run_series("http", partial(_try, known_calls(port), port), seconds, seed, most)


def _try(calls: Sequence[Call], port: int, number: int) -> Tried:
    attempt = attempt_of(number, calls)
    try:
        received = play(attempt, port)
        # What was cut in the middle says nothing about its end.
        answers, _ = read_answers(received.data, ended=received.ended and not received.reset)
    except Malformed as error:
        return Tried(attempt.kind, ["malformed"], [f"is answered by what is not HTTP: {error}"])
    except OSError as error:
        return Tried(attempt.kind, ["nobody"], [f"found nobody: {error}"])
    found = [fault for answer in answers for fault in answer.faults()]
    if attempt.certain and not answers:
        found.append("is not answered")
    return Tried(attempt.kind, [str(answer.status) for answer in answers] or ["silence"], found)
