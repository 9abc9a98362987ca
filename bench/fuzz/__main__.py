"""``python -m bench.fuzz``: a server of its own is asked to generate from random valid configurations."""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.footprint import MORE_DESCRIPTORS, Footprint
from bench.fuzz.clients import HttpClient
from bench.fuzz.documents import Bounds, random_document
from bench.fuzz.judging import judge
from bench.process import children, peak_bytes
from bench.servers import HOST, free_ports, running
from datasynth.config import config_from_mapping
from datasynth.generation.cost import estimate_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bench.fuzz.clients import Client
    from bench.fuzz.documents import Document

GREEN, RED = 0, 1
USUAL = 20
"""After so many configurations memory is measured once before the end."""

MOST_RESIDENT = 1_500_000_000
"""Resident memory after `USUAL` configurations. [bytes]"""

_SLOW = 20.0


@dataclass(frozen=True, slots=True)
class Judged:
    """One configuration: its number, what is wrong with it, and how long it took. [s]"""

    seed: int
    faults: list[str]
    seconds: float


def fuzz(client: Client, seeds: range, bounds: Bounds, seconds: float) -> Iterator[Judged]:
    """Judge one random configuration after the other.

    Parameters
    ----------
    client
        Asks the server.
    seeds
        Numbers of the configurations.
    bounds
        How large they may be.
    seconds
        When to begin none any more. [s]
    """
    end = time.monotonic() + seconds
    for seed in seeds:
        began = time.monotonic()
        if began > end:
            break
        faults = judge(client, random_document(seed, bounds), seed)
        yield Judged(seed, faults, time.monotonic() - began)


def main(argv: Sequence[str]) -> int:
    """Start a server, judge what it generates, and look at what it has left; 0 if all is well, else 1.

    Parameters
    ----------
    argv
        Arguments after the command.
    """
    given = _parser().parse_args(argv)
    bounds = Bounds(given.entries, given.companies, given.months, given.memory)
    if given.show is not None:
        document = random_document(given.show, bounds)
        print(json.dumps(document, indent=2))
        print(f"estimate: {estimate_bytes(config_from_mapping(document)) / 1e6:.0f} MB", file=sys.stderr)
        return GREEN
    port, grpc_port = free_ports(2)
    arguments = [
        *("app.py", "--host", HOST, "--port", str(port), "--grpc-port", str(grpc_port)),
        *("--rate-limit", "0", "--log-level", "warning"),
    ]
    with running(arguments, port, "/ready") as pid:
        client = HttpClient(f"http://{HOST}:{port}")
        found = [Judged(-1, judge(client, _USUAL, 0), 0.0)]
        steps = [Footprint.of(pid)]
        for one in fuzz(client, range(given.seed, given.seed + given.count), bounds, given.seconds):
            found.append(one)
            print_judged(one)
            if len(found) == USUAL + 1:
                steps.append(Footprint.of(pid))
        found.append(Judged(-1, judge(client, _USUAL, 0), 0.0))
        client.close()
        steps.append(Footprint.of(pid))
        highest = sum(map(peak_bytes, [pid, *children(pid)]))
    return report(found, steps, highest)


_USUAL: Document = {"transactions": {"target_count": 1_000}}


def print_judged(one: Judged) -> None:
    """Print what is worth telling: faults, and what took long."""
    for fault in one.faults:
        print(f"configuration {one.seed}: {fault}", flush=True)
    if one.seconds > _SLOW:
        print(f"configuration {one.seed} took {one.seconds:.0f} s", flush=True)


def report(found: Sequence[Judged], steps: Sequence[Footprint], highest: int) -> int:
    """Print what a run has found; return 0 if all is well, else 1.

    Parameters
    ----------
    found
        All configurations; those before and after the random ones have the number -1.
    steps
        Of the server before, after `USUAL` configurations if there were so many, and at the end.
    highest
        The most resident memory that it had. [bytes]
    """
    faulty = [one for one in found if one.faults]
    answers = sum(fault.count(" answers 500") for one in found for fault in one.faults)
    before, after = steps[0], steps[-1]
    early = steps[1]
    grown = after.descriptors - before.descriptors
    random = [one for one in found if one.seed >= 0]
    print(f"{len(random)} random configurations, {len(faulty)} with faults, {answers} answers of 500")
    if random:
        slowest = max(random, key=lambda one: one.seconds)
        print(f"slowest: configuration {slowest.seed}, {slowest.seconds:.1f} s")
    print(f"resident: {_mb(before.resident)} before, {_mb(after.resident)} after, {_mb(highest)} at most")
    print(f"resident after {min(USUAL, len(random))}: {_mb(early.resident)}, bound {_mb(MOST_RESIDENT)}")
    print(f"descriptors: {before.descriptors} before, {after.descriptors} after")
    sound = not faulty and grown <= MORE_DESCRIPTORS
    return GREEN if sound and max(early.resident, after.resident) <= MOST_RESIDENT else RED


def _mb(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def _parser() -> argparse.ArgumentParser:
    usual = Bounds()
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=600.0, help="begin none later (default: 600)")
    parser.add_argument("--seed", type=int, default=1, help="number of the first configuration")
    parser.add_argument("--count", type=int, default=1_000_000, help="how many at most")
    parser.add_argument("--entries", type=int, default=usual.entries, help="most entries of one")
    parser.add_argument("--companies", type=int, default=usual.companies, help="most companies of one")
    parser.add_argument("--months", type=int, default=usual.months, help="longest one")
    parser.add_argument("--memory", type=int, default=usual.memory, help="largest estimate of one, in bytes")
    parser.add_argument("--show", type=int, metavar="SEED", help="print a configuration, judge none")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
