"""Serve one constant message: ``python -m bench.bare websocket 3000 280``."""

from __future__ import annotations

import argparse
import signal

from bench.bare import http, raw, rpc


def main() -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=("rest", "websocket", "raw", "grpc"))
    parser.add_argument("port", type=int)
    parser.add_argument("size", type=int, help="of the message [bytes]")
    given = parser.parse_args()
    match given.kind:
        case "rest":
            http.Application(http.download(given.size), given.port).run()
        case "websocket":
            http.Application(http.events(given.size), given.port).run()
        case "raw":
            raw.server(given.port, given.size).serve_forever()
        case _:
            server = rpc.server(given.port, given.size)
            server.start()
            signal.sigwait({signal.SIGTERM, signal.SIGINT})
            server.stop(0.5).wait()


if __name__ == "__main__":
    main()
