"""A small server on the worker alone, as a process of its own: no engine, no gRPC.

Arguments: a port, and for TLS a certificate and its key.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from datasynth import logs
from datasynth.transports.gunicorn_log import GunicornLog
from datasynth.transports.worker import DatasynthWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SLOW_SECONDS = 1.5


class SlowEnding:
    """A native side that takes a moment to stop, and says when it was asked."""

    def __init__(self) -> None:
        self._thread = threading.Thread(target=time.sleep, args=(0.3,))

    def begin(self) -> None:
        logs.write(logs.STDOUT, "asked to end")
        self._thread.start()

    def finished(self) -> bool:
        return not self._thread.is_alive()


def application(environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
    """Answer with facts about the worker, slowly, not at all, or by failing."""
    path = environ["PATH_INFO"]
    if path == "/fail":
        raise RuntimeError("the application's fault")
    start_response("200 OK", [("Content-Type", "application/json")])
    if path == "/slow":
        return slowly()
    if path == "/stuck":
        return stuck()
    threads_are_native = type(threading.Lock()).__module__ == "_thread"
    return [json.dumps({"in_charge": DatasynthWorker.in_charge(), "native": threads_are_native}).encode()]


def slowly() -> Iterator[bytes]:
    """Send the second half later."""
    yield b"first "
    time.sleep(SLOW_SECONDS)
    yield b"second"


def stuck() -> Iterator[bytes]:
    """Send nothing more, for longer than anybody waits."""
    yield b"first "
    time.sleep(3600)


class Program(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with this application."""

    def load_config(self) -> None:
        port, *tls = sys.argv[1:]
        settings = {
            "bind": f"127.0.0.1:{port}",
            "control_socket_disable": True,
            "graceful_timeout": 8,
            "keepalive": 65,
            "logger_class": GunicornLog,
            "post_worker_init": post_worker_init,
            "worker_class": DatasynthWorker,
        }
        if tls:
            settings |= {"certfile": tls[0], "keyfile": tls[1]}
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Iterable[bytes]]:
        return application


def post_worker_init(worker: DatasynthWorker) -> None:
    """Say that the listeners are up."""
    worker.ending = SlowEnding()
    logs.write(logs.STDOUT, "ready")


if __name__ == "__main__":
    logs.configure("info", "text")
    Program().run()
