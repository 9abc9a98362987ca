"""Hostile HTTP/1."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import count, islice
from typing import TYPE_CHECKING
from urllib.request import urlopen

from bench.wire.answers import Malformed, read_answers
from bench.wire.playing import HOST, play
from bench.wire.report import Report
from bench.wire.requests import Call, attempt_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.wire.playing import Attempt

CLIENTS = 4
"""How many clients there are at once."""

SERIES = 1_000_000
"""How many attempts there are of one seed, at most."""


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
    report = Report("http")
    calls = known_calls(port)
    end = time.monotonic() + seconds
    numbers = islice(count(seed * SERIES), most)
    with ThreadPoolExecutor(CLIENTS) as clients:
        while time.monotonic() < end and (some := list(islice(numbers, 16 * CLIENTS))):
            for number, (attempt, found, statuses) in zip(
                some, clients.map(partial(_try, calls, port), some), strict=True
            ):
                report.sent[attempt.kind] += 1
                report.answers.update(statuses)
                report.faults += [f"{number}: {fault}" for fault in found]
    return report


def _try(calls: Sequence[Call], port: int, number: int) -> tuple[Attempt, list[str], list[str]]:
    attempt = attempt_of(number, calls)
    try:
        received = play(attempt, port)
        # What was cut in the middle says nothing about its end.
        answers, _ = read_answers(received.data, ended=received.ended and not received.reset)
    except Malformed as error:
        return attempt, [f"is answered by what is not HTTP: {error}"], ["malformed"]
    except OSError as error:
        return attempt, [f"found nobody: {error}"], ["nobody"]
    found = [fault for answer in answers for fault in answer.faults()]
    if attempt.certain and not answers:
        found.append("is not answered")
    return attempt, found, [str(answer.status) for answer in answers] or ["silence"]
