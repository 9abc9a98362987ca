"""How long a reader waits: from the request that starts a stream to its first `entry` message."""

from __future__ import annotations

import itertools
import json
import statistics
import time
from typing import TYPE_CHECKING

import requests
import websocket

from bench.servers import ANSWERS_WITHIN, HOST, BenchError, free_ports, running
from bench.tables import Table, seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bench.tables import Figure

STARTS = 7
"""Starts of each kind; the median counts."""

BILLION = 1_000_000_000

_SEEDS = itertools.count(1_000)


class Scene:
    """A server, and the streams that are started and stopped on it, each of entries nobody has had.

    Parameters
    ----------
    port
        Where it listens.
    """

    def __init__(self, port: int) -> None:
        self._address = f"{HOST}:{port}"
        self._session = requests.Session()

    def built_ahead(self) -> Mapping[str, object]:
        """Change the configuration, and wait until the server has built it; the start says nothing more."""
        self._call("POST", "/api/config", _fresh())
        deadline = time.monotonic() + ANSWERS_WITHIN
        while any(self._gauge(f"builds_{state}") for state in ("waiting", "running")):
            if time.monotonic() > deadline:
                raise BenchError("the configuration was not built ahead")
            time.sleep(0.05)
        return {}

    def waits(self, prepare: Callable[[], Mapping[str, object]], *, early: bool) -> list[float]:
        """Start stream after stream, and wait for the first entry of each. [s]

        Parameters
        ----------
        prepare
            Returns the body of the next start.
        early
            Whether the socket is open before the start, or opened once that is answered.
        """
        found = []
        open_socket = self._connect() if early else None
        for _ in range(STARTS):
            body = prepare()
            began = time.perf_counter()
            self._call("POST", "/api/stream/start", body)
            socket = open_socket or self._connect()
            _read_up_to(socket, "entry")
            found.append(time.perf_counter() - began)
            self._call("POST", "/api/stream/stop", {})
            _read_up_to(socket, "complete")
            if not early:
                socket.close()
        if open_socket is not None:
            open_socket.close()
        return found

    def _connect(self) -> websocket.WebSocket:
        return websocket.create_connection(f"ws://{self._address}/ws/events", timeout=ANSWERS_WITHIN)

    def _gauge(self, name: str) -> float:
        lines = self._call("GET", "/metrics", None).splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"datasynth_{name} "))

    def _call(self, method: str, path: str, body: Mapping[str, object] | None) -> str:
        answer = self._session.request(
            method, f"http://{self._address}{path}", json=body, timeout=ANSWERS_WITHIN
        )
        answer.raise_for_status()
        return answer.text


def start(_: float) -> list[Table]:
    """Measure starts of configurations that are built ahead, new, and large."""
    ports = free_ports(2)
    arguments = ["app.py", "--port", str(ports[0]), "--grpc-port", str(ports[1])]
    with running([*arguments, "--rate-limit", "0", "--log-level", "warning"], ports[0], "/ready"):
        rows = tuple(_rows(Scene(ports[0])))
    title = f"from POST /api/stream/start to the first entry message; median and longest of {STARTS}"
    columns = ("", "socket open before", "longest", "opened after", "longest")
    return [Table("start", title, columns, rows)]


def _rows(scene: Scene) -> Iterator[tuple[str, tuple[Figure | None, ...]]]:
    kinds = {
        "the configuration in force": scene.built_ahead,
        "another seed in the body": lambda: {"config": _fresh()},
        "a billion entries": lambda: {"config": _fresh(), "count": BILLION},
    }
    for name, prepare in kinds.items():
        figures: list[Figure | None] = []
        for early in (True, False):
            waits = scene.waits(prepare, early=early)
            figures += [seconds(statistics.median(waits)), seconds(max(waits))]
        yield name, tuple(figures)


def _read_up_to(socket: websocket.WebSocket, kind: str) -> None:
    while json.loads(socket.recv())["type"] != kind:
        continue


def _fresh() -> dict[str, object]:
    """Return a seed that no stream has had."""
    return {"global": {"seed": next(_SEEDS)}}
