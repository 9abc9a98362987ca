"""``python -m bench.wire``: a server of its own gets hostile bytes, and has to be as before afterwards."""

from __future__ import annotations

import argparse
import sys
import time
from typing import TYPE_CHECKING

import requests

from bench.fuzz.__main__ import Footprint
from bench.servers import HOST, free_ports, running
from bench.wire import http, websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.wire.report import Report

GREEN, RED = 0, 1

FUZZERS: dict[str, Callable[[float, int, int], Report]] = {"http": http.run, "websocket": websocket.run}
"""Each protocol's; all of these go to the port of HTTP."""

MORE_BYTES = 250_000_000
"""How much more may be resident at the end than after the first turn: journals are kept. [bytes]"""

MORE_DESCRIPTORS = 4
"""How many more descriptors may be open: listeners of libraries that were loaded meanwhile."""

WARM_UP = 0.2
"""Part of the time that goes into a first turn, with a seed of its own, before anything is measured."""

SETTLES = 10.0
"""How long descriptors may take to be given back. [s]"""


def main(argv: Sequence[str]) -> int:
    """Start a server, send it hostile bytes, look at what it has left; 0 if all is well, else 1.

    Parameters
    ----------
    argv
        Arguments after the command.
    """
    given = _parser().parse_args(argv)
    port, grpc_port = free_ports(2)
    arguments = [
        *("app.py", "--host", HOST, "--port", str(port), "--grpc-port", str(grpc_port)),
        *("--rate-limit", "0", "--log-level", "warning"),
    ]
    chosen = given.protocol or list(FUZZERS)
    with running(arguments, port, "/ready") as pid:
        share = given.seconds / len(chosen)
        warm = [FUZZERS[name](share * WARM_UP, given.seed + 1, port) for name in chosen]
        before = settled(pid, port, None)
        reports = [FUZZERS[name](share * (1 - WARM_UP), given.seed, port) for name in chosen]
        after = settled(pid, port, before)
    return conclude([*warm, *reports], before, after)


def settled(pid: int, port: int, before: Footprint | None) -> Footprint:
    """End what still runs, and measure the server once it is as small as before, or does not get smaller.

    Parameters
    ----------
    pid
        The server's process.
    port
        Where it listens.
    before
        What it had; None to let it rest for a moment.
    """
    requests.post(f"http://{HOST}:{port}/api/stream/stop", timeout=30.0)
    deadline = time.monotonic() + (SETTLES if before else 1.0)
    while time.monotonic() < deadline:
        time.sleep(0.2)
        if before and Footprint.of(pid).descriptors <= before.descriptors:
            break
    return Footprint.of(pid)


def conclude(reports: Sequence[Report], before: Footprint, after: Footprint) -> int:
    """Print what was found; return 0 if all is well, else 1.

    Parameters
    ----------
    reports
        What each fuzzer has found, a first turn of each before.
    before, after
        Of the server, after the first turn and at the end.
    """
    for report in reports:
        print("\n".join(report.lines()))
    print(f"resident: {before.resident / 1e6:,.0f} MB before, {after.resident / 1e6:,.0f} MB after")
    print(f"descriptors: {before.descriptors} before, {after.descriptors} after")
    faults = sum(len(report.faults) for report in reports)
    bigger = after.resident - before.resident > MORE_BYTES
    wider = after.descriptors - before.descriptors > MORE_DESCRIPTORS
    return RED if faults or bigger or wider else GREEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__)
    parser.add_argument("protocol", nargs="*", choices=[[], *FUZZERS], help="which ones (default: all)")
    parser.add_argument("--seconds", type=float, default=600.0, help="for all together (default: 600)")
    parser.add_argument("--seed", type=int, default=1, help="which bytes (default: 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
