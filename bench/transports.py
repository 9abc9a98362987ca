"""Each transport to one reader, beside a server of the same library that sends one constant message."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, NamedTuple

import requests

from bench.rounds import RUNS
from bench.servers import ANSWERS_WITHIN, HOST, free_ports, read, running
from bench.tables import Table, rate, ratio, size, volume
from datasynth.service.blocks.chunk import CHUNK_BYTES
from datasynth.transports.rpc.synth_pb2 import GenerationRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.readers.report import Report
    from bench.tables import Figure

COUNT = 50_000_000
"""Entries of a stream: more than any reader takes while it is measured."""

_SEEDS = itertools.count(1)


class Ports(NamedTuple):
    """Where our server listens."""

    http: int
    grpc: int


def rest(duration: float) -> list[Table]:
    """Measure a download in lines of JSON."""
    report = _ours(_download, duration)
    bare = _bare("rest", "rest", CHUNK_BYTES, duration)
    rows = (
        ("datasynth", _row(report, bare.bytes / bare.seconds)),
        ("bare: Flask, one chunk", (None, None, volume(bare.bytes / bare.seconds), None)),
    )
    title = f"GET /api/entries as NDJSON to one reader; bare: the same chunk of {CHUNK_BYTES:,} bytes"
    return [Table("rest", title, ("", "lines/s", "bytes a line", "bytes/s", "of the bare one's bytes"), rows)]


def websocket(duration: float) -> list[Table]:
    """Measure events of the line view."""
    report = _ours(_events, duration)
    message = round(report.bytes / report.messages)
    bare = _bare("websocket", "websocket", message, duration)
    raw = _bare("raw", "websocket", message, duration)
    rows = (
        _messages("datasynth", report, None),
        _messages("bare: flask-sock, ws.send", bare, report),
        _messages("ceiling: gevent, frames in one buffer", raw, report),
    )
    title = "fresh events of /ws/events, line view, to one reader"
    return [
        Table("websocket", title, ("", "events/s", "bytes an event", "bytes/s", "datasynth over it"), rows)
    ]


def grpc(duration: float) -> list[Table]:
    """Measure messages of StartGeneration."""
    report = _ours(_call, duration)
    bare = _bare("grpc", "grpc", round(report.bytes / report.messages), duration)
    rows = (_messages("datasynth", report, None), _messages("bare: grpcio, one message", bare, report))
    title = "StartGeneration to one reader, an entry a message"
    return [Table("grpc", title, ("", "entries/s", "bytes an entry", "bytes/s", "datasynth over it"), rows)]


def _messages(name: str, one: Report, ours: Report | None) -> tuple[str, tuple[Figure | None, ...]]:
    speed = one.messages / one.seconds
    over = None if ours is None else ratio(ours.messages / ours.seconds, speed)
    return name, (rate(speed), size(one.bytes / one.messages), volume(one.bytes / one.seconds), over)


def _row(one: Report, bare_volume: float) -> tuple[Figure | None, ...]:
    speed = one.bytes / one.seconds
    return (
        rate(one.messages / one.seconds),
        size(one.bytes / one.messages),
        volume(speed),
        ratio(speed, bare_volume),
    )


def _ours(one_run: Callable[[Ports, float], Report], duration: float) -> Report:
    ports = Ports(*free_ports(2))
    arguments = ["app.py", "--port", str(ports.http), "--grpc-port", str(ports.grpc)]
    with running([*arguments, "--rate-limit", "0", "--log-level", "warning"], ports.http, "/ready"):
        return _middle([one_run(ports, duration) for _ in range(RUNS)])


def _bare(kind: str, transport: str, message: int, duration: float) -> Report:
    [port] = free_ports(1)
    with running(["-m", "bench.bare", kind, str(port), str(message)], port):
        return _middle([read(transport, port, duration) for _ in range(RUNS)])


def _middle(reports: list[Report]) -> Report:
    return sorted(reports, key=lambda report: report.bytes / report.seconds)[len(reports) // 2]


def _download(ports: Ports, duration: float) -> Report:
    _post(ports, "/api/config", {**_fresh(), "transactions": {"target_count": COUNT}})
    return read("rest", ports.http, duration, "--path", "/api/entries")


def _events(ports: Ports, duration: float) -> Report:
    started = _post(
        ports,
        "/api/stream/start",
        {"count": COUNT, "config": _fresh(), "wait_for_subscriber": ANSWERS_WITHIN},
    )
    path = f"/ws/events?stream_id={started['stream_id']}&types=entry,complete"
    try:
        return read("websocket", ports.http, duration, "--path", path)
    finally:
        _post(ports, "/api/stream/stop", {})


def _call(ports: Ports, duration: float) -> Report:
    _post(ports, "/api/config", _fresh())
    request = GenerationRequest(count=COUNT).SerializeToString()
    return read("grpc", ports.grpc, duration, "--request", request.hex())


def _fresh() -> dict[str, object]:
    """Return a seed that no run has had, so that no cache holds its entries."""
    return {"global": {"seed": next(_SEEDS)}}


def _post(ports: Ports, path: str, body: dict[str, object]) -> dict[str, object]:
    answer = requests.post(f"http://{HOST}:{ports.http}{path}", json=body, timeout=ANSWERS_WITHIN)
    answer.raise_for_status()
    found: dict[str, object] = answer.json()
    return found
