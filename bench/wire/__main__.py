"""``python -m bench.wire``: a server of its own is sent hostile bytes over every protocol."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, NamedTuple

from bench.footprint import Footprint
from bench.servers import HOST, free_ports, running
from bench.wire import grpc, http, websocket

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.wire.report import Report

GREEN, RED = 0, 1
FIRST_ROUND = 3.0
"""How long everything is used before it is measured. [s]"""


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
        reports, footprints = [], [Footprint.of(pid)]
        for seconds in (FIRST_ROUND, given.seconds / len(fuzzers)):
            reports += [one.run(seconds, given.seed, grpc_port if one.to_grpc else port) for one in fuzzers]
            footprints.append(Footprint.settled(pid, footprints[-1]))
    _, before, after = footprints
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
