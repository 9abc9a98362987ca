"""One measurement: ``python -m bench.readers websocket 3000 1.0 --path /ws/events``; prints JSON."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

from bench.readers import rpc, sockets
from bench.readers.counting import FrameCounter, LineCounter

if TYPE_CHECKING:
    from bench.readers.report import Report


def main() -> None:
    """Read as the arguments say."""
    parser = argparse.ArgumentParser()
    parser.add_argument("transport", choices=("rest", "websocket", "grpc"))
    parser.add_argument("port", type=int)
    parser.add_argument("seconds", type=float)
    parser.add_argument("--path", default="/")
    parser.add_argument("--request", type=bytes.fromhex, default=b"")
    given = parser.parse_args()
    report: Report
    match given.transport:
        case "rest":
            report = sockets.read(given.port, given.path, "", LineCounter(), given.seconds)
        case "websocket":
            report = sockets.read(given.port, given.path, sockets.UPGRADE, FrameCounter(), given.seconds)
        case _:
            report = rpc.read(given.port, given.request, given.seconds)
    print(json.dumps(report._asdict()))


if __name__ == "__main__":
    main()
