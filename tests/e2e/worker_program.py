"""A small server on the worker alone, as a process of its own: no engine, no gRPC.

Arguments: a port, and for TLS a certificate and its key.  Options make it less patient than the real one.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from itertools import repeat
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from datasynth import logs
from datasynth.transports.connection import TimeLimits
from datasynth.transports.worker import DatasynthWorker, GunicornLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SLOW_SECONDS = 1.5
LARGE = 50_000_000


class SlowStop:
    """A native side that takes a moment to stop, and says when it was asked."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=time.sleep, args=(0.3,))

    def begin_stop(self) -> None:
        logs.write(logs.STDOUT, "asked to end")
        self._thread.start()

    def stopped(self) -> bool:
        return not self._thread.is_alive()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer with facts about the worker, slowly, not at all, or by failing."""
    path = environ["PATH_INFO"]
    if path == "/fail":
        raise RuntimeError("the application's fault")
    headers = [("Content-Type", "application/json")]
    if path in STREAMED:
        start_response("200 OK", headers)
        return STREAMED[path]()
    body = WHOLE.get(path, facts)(environ)
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]


def facts(_environ: dict[str, Any]) -> bytes:
    """Tell how the worker is patched."""
    threads_are_native = type(threading.Lock()).__module__ == "_thread"
    return json.dumps({"in_charge": DatasynthWorker.in_charge(), "native": threads_are_native}).encode()


def slowly() -> Iterator[bytes]:
    """Send the second half later."""
    yield b"first "
    time.sleep(SLOW_SECONDS)
    yield b"second"


def drip() -> Iterator[bytes]:
    """Send a little, again and again, as long as anybody takes it."""
    while True:
        yield b"drop "
        time.sleep(0.1)


def stuck() -> Iterator[bytes]:
    """Send nothing more, for longer than anybody waits."""
    yield b"first "
    time.sleep(3600)


STREAMED: dict[str, Callable[[], Iterable[bytes]]] = {
    "/slow": slowly,
    "/stuck": stuck,
    "/drip": drip,
    "/endless": lambda: repeat(bytes(100_000)),
}

WHOLE: dict[str, Callable[[dict[str, Any]], bytes]] = {
    "/read": lambda environ: str(len(environ["wsgi.input"].read())).encode(),
    "/kept": lambda _: b"kept",
    "/large": lambda _: bytes(LARGE),
}


class ImpatientWorker(DatasynthWorker):
    """The worker, with time limits that a test can wait for."""


class Program(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with this application."""

    def load_config(self) -> None:
        given = arguments()
        ImpatientWorker.time_limits = TimeLimits(request=given.request, taking=given.request)
        settings = {
            "bind": f"127.0.0.1:{given.port}",
            "control_socket_disable": True,
            "graceful_timeout": 8,
            "keepalive": given.idle,
            "logger_class": GunicornLog,
            "post_worker_init": post_worker_init,
            "worker_class": ImpatientWorker,
            "worker_connections": given.connections,
        }
        if given.tls:
            settings |= {"certfile": given.tls[0], "keyfile": given.tls[1]}
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return application


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("port")
    parser.add_argument("tls", nargs="*")
    parser.add_argument("--request", type=float, default=30.0)
    parser.add_argument("--idle", type=int, default=65)
    parser.add_argument("--connections", type=int, default=1_000)
    return parser.parse_args()


def post_worker_init(worker: DatasynthWorker) -> None:
    """Say that the listeners are up."""
    worker.native = SlowStop()
    logs.write(logs.STDOUT, "ready")


if __name__ == "__main__":
    logs.configure("info", "text")
    Program().run()
