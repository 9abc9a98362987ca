"""The one line that a server prints when it is ready: where everything is."""

from __future__ import annotations

import json
from dataclasses import dataclass

from datasynth import __version__

EVENTS = "/ws/events"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a server listens.

    Attributes
    ----------
    http, grpc
        ``127.0.0.1:3000``, ``[::1]:3000``, or the path of a Unix socket.
    tls
        Whether both speak TLS.
    """

    http: tuple[str, ...]
    grpc: tuple[str, ...]
    tls: bool

    def urls(self, scheme: str, path: str = "") -> list[str]:
        """Write the HTTP addresses as URLs of a scheme, ``http`` or ``ws``, with TLS where there is."""
        return [f"{scheme}{'s' if self.tls else ''}://{address}{path}" for address in self.http]

    def sentence(self) -> str:
        """Name every address, for people."""
        parts = (
            ("HTTP", self.urls("http")),
            ("WebSocket", self.urls("ws", EVENTS)),
            ("gRPC", self.grpc),
        )
        places = ", ".join(f"{name} {' '.join(where)}" for name, where in parts)
        return f"datasynth {__version__} is ready: {places}"

    def line(self, form: str) -> str:
        """Print the ready line.

        Parameters
        ----------
        form
            ``text``, or ``json`` for one object with the addresses as lists.
        """
        if form != "json":
            return self.sentence()
        return json.dumps(
            {
                "level": "info",
                "message": self.sentence(),
                "http": self.urls("http"),
                "websocket": self.urls("ws", EVENTS),
                "grpc": list(self.grpc),
            }
        )
