"""``python -m bench.wire``: a server of its own is sent hostile bytes over every protocol."""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from bench.process import children, open_descriptors, resident_bytes
from bench.servers import HOST, free_ports, running
from bench.wire import grpc, http, websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.wire.report import Report

GREEN, RED = 0, 1
MORE_DESCRIPTORS = 4
"""How many more descriptors may be open at the end: of libraries that were loaded meanwhile."""

MORE_RESIDENT = 250_000_000
"""How much more may be resident than after a first round: journals and blocks are kept for later. [bytes]"""

FIRST_ROUND = 3.0
"""How long everything is used before it is measured. [s]"""

SETTLES_WITHIN = 20.0


class Fuzzer(NamedTuple):
    """One protocol: its name, what sends hostile bytes, and whether to gRPC's port or to HTTP's."""

    name: str
    run: Callable[[float, int, int], Report]
    to_grpc: bool


FUZZERS = (
    Fuzzer("http", http.run, to_grpc=False),
    Fuzzer("websocket", websocket.run, to_grpc=False),
    Fuzzer("grpc", grpc.run, to_grpc=True),
)


@dataclass(frozen=True, slots=True)
class Footprint:
    """Resident memory and open descriptors of a server."""

    resident: int
    descriptors: int

    @classmethod
    def of(cls, pid: int) -> Footprint:
        """Measure a process and its children."""
        processes = [pid, *children(pid)]
        return cls(sum(map(resident_bytes, processes)), sum(map(open_descriptors, processes)))

    @classmethod
    def settled(cls, pid: int, before: Footprint) -> Footprint:
        """Measure once it is back where it was, or when that takes too long."""
        end = time.monotonic() + SETTLES_WITHIN
        while not (now := cls.of(pid)).back_to(before) and time.monotonic() < end:
            time.sleep(0.25)
        return now

    def back_to(self, before: Footprint) -> bool:
        """Tell whether it is no larger than before, within bounds."""
        more = self.descriptors - before.descriptors, self.resident - before.resident
        return more[0] <= MORE_DESCRIPTORS and more[1] <= MORE_RESIDENT


def main(argv: Sequence[str]) -> int:
    """Start a server, send it hostile bytes, and look at what it has left; 0 if all is well, else 1.

    Parameters
    ----------
    argv
        Arguments after the command.
    """
    given = _parser().parse_args(argv)
    fuzzers = [one for one in FUZZERS if not given.only or one.name in given.only.split(",")]
    port, grpc_port = free_ports(2)
    arguments = [
        *("app.py", "--host", HOST, "--port", str(port), "--grpc-port", str(grpc_port)),
        *("--rate-limit", "0", "--log-level", "error"),
    ]
    with running(arguments, port, "/ready") as pid:
        reports, before = [], Footprint.of(pid)
        for fuzzer in fuzzers:
            where = grpc_port if fuzzer.to_grpc else port
            reports.append(fuzzer.run(FIRST_ROUND, given.seed, where))
        before = Footprint.settled(pid, before)
        for fuzzer in fuzzers:
            where = grpc_port if fuzzer.to_grpc else port
            reports.append(fuzzer.run(given.seconds / len(fuzzers), given.seed, where))
        after = Footprint.settled(pid, before)
    for report in reports:
        print("\n".join(report.lines()))
    print(f"resident: {before.resident / 1e6:,.0f} MB before, {after.resident / 1e6:,.0f} MB after")
    print(f"descriptors: {before.descriptors} before, {after.descriptors} after")
    return GREEN if after.back_to(before) and not any(report.faults for report in reports) else RED


def _parser() -> argparse.ArgumentParser:
    names = ",".join(fuzzer.name for fuzzer in FUZZERS)
    parser = argparse.ArgumentParser(prog="python -m bench.wire", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0, help="for all together (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="number of the first attempt")
    parser.add_argument("--only", help=f"some of {names}")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
