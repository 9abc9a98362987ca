"""Flask and flask-sock under gunicorn with gevent, without anything behind them."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import gevent
from flask import Flask, Response
from flask_sock import Sock
from gevent.event import Event
from gunicorn.app.base import BaseApplication

from datasynth.transports.worker import DatasynthWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Application(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with the worker of our server, around any application."""

    def __init__(self, app: Flask, port: int) -> None:
        self._app = app
        self._port = port
        super().__init__()

    def load_config(self) -> None:
        """Set what our server sets, as far as it matters here."""
        self.cfg.set("bind", [f"127.0.0.1:{self._port}"])
        self.cfg.set("worker_class", DatasynthWorker)
        self.cfg.set("workers", 1)
        self.cfg.set("loglevel", "error")
        self.cfg.set("control_socket_disable", True)

    def load(self) -> Flask:
        """Return the application."""
        return self._app


class WholeWrites:
    """A socket whose `send` never writes a part: flask-sock takes for granted that it does not."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw
        self.send = raw.sendall

    def __getattr__(self, name: str) -> Any:
        return getattr(self._raw, name)


class Beside:
    """A greenlet that looks like a thread to flask-sock."""

    def __init__(self, target: Callable[[], None]) -> None:
        self._target = target
        self.name = ""

    def start(self) -> None:
        """Run the target beside the caller."""
        gevent.spawn(self._target)


def download(size: int) -> Flask:
    """Answer with one chunk of lines, `size` bytes long, over and over."""
    app = Flask(__name__)
    line = b'{"filler":"' + b"x" * 500 + b'"}\n'
    chunk = (line * (size // len(line) + 1))[-size:]

    def chunks() -> Iterator[bytes]:
        while True:
            yield chunk

    @app.get("/")
    def answer() -> Response:
        return Response(chunks(), mimetype="application/x-ndjson")

    return app


def events(size: int) -> Flask:
    """Send one message, in a frame of `size` bytes, over and over."""
    app = Flask(__name__)
    app.config["SOCK_SERVER_OPTIONS"] = {"thread_class": Beside, "event_class": Event}
    sock = Sock(app)
    # Two bytes of header, and two more for a length that they do not hold.
    message = "x" * (size - (4 if size > 127 else 2))

    def send(ws: Any) -> None:
        ws.sock = WholeWrites(ws.sock)
        with suppress(OSError):
            while True:
                ws.send(message)

    sock.route("/")(send)
    return app
