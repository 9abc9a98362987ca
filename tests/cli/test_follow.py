"""The command that prints a stream's events."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any, Self

import pytest

from datasynth import client
from datasynth.cli import follow
from datasynth.client.errors import InvalidRequestError, NoServerError, StreamFailedError
from datasynth.signals import Terminated

if TYPE_CHECKING:
    from collections.abc import Iterator

ENTRY = {
    "type": "entry",
    "stream_id": "s",
    "sequence": 17,
    "line": 1,
    "data": {"posting_date": "2024-03-15", "account": "1100", "debit": "1000.00", "credit": "0.00"},
}
DOCUMENT = {
    "type": "entry",
    "sequence": 17,
    "data": {
        "posting_date": "2024-03-15",
        "company_code": "1000",
        "document_type": "KR",
        "document_number": "0000000012",
        "header_text": "Vendor invoice",
        "lines": [{}, {}, {}],
    },
}
PROGRESS = {"type": "progress", "current": 50_000, "total": 100_000, "percent": 50.0, "rate": 85_000.5}
PAUSED = {
    "type": "paused",
    "stream_id": "s",
    "message": "The stream\nis paused.",
    "paused_by": ["user", "memory"],
}
COMPLETE = {"type": "complete", "stream_id": "s", "total_entries": 9, "duration_ms": 12, "status": "stopped"}


class FakeClient:
    """Says what a test lays out."""

    events: list[Any]
    made: list[tuple[Any, ...]]

    def __init__(self, *arguments: Any) -> None:
        self.made.append(arguments)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.made.append(("closed",))

    def follow(self, *arguments: Any) -> Iterator[Any]:
        self.made.append(arguments)
        for event in self.events:
            if isinstance(event, BaseException):
                raise event
            yield event


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> type[FakeClient]:
    """A client in place of the real one."""
    kind = type("Fake", (FakeClient,), {"events": [], "made": []})
    monkeypatch.setattr(client, "Client", kind, raising=False)
    return kind


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (ENTRY, "17.1         2024-03-15 1100          1000.00             0.00\n"),
        (DOCUMENT, "17           2024-03-15 1000 KR 0000000012 Vendor invoice (3 lines)\n"),
        (PAUSED, "paused The stream is paused. paused_by=user,memory\n"),
        (COMPLETE, "complete total_entries=9 duration_ms=12 status=stopped\n"),
    ],
)
def test_lines(fake: type[FakeClient], event: Any, line: str, capfd: pytest.CaptureFixture[str]) -> None:
    """An event is one line for a person."""
    fake.events = [event]

    assert (0, (line, "")) == (follow.main([]), capfd.readouterr())


def test_progress_is_on_standard_error(fake: type[FakeClient], capfd: pytest.CaptureFixture[str]) -> None:
    """What is piped on has none of it."""
    fake.events = [PROGRESS]

    line = "50,000 of 100,000 entries (50.0 %), 85,000 a second\n"
    assert (0, ("", line)) == (follow.main([]), capfd.readouterr())


def test_json(fake: type[FakeClient], capfd: pytest.CaptureFixture[str]) -> None:
    """Every event is its message, progress too."""
    fake.events = [ENTRY, PROGRESS, COMPLETE]
    follow.main(["--json"])

    output = capfd.readouterr()
    assert ([ENTRY, PROGRESS, COMPLETE], "") == (list(map(json.loads, output.out.splitlines())), output.err)


@pytest.mark.parametrize(
    ("arguments", "server", "asked"),
    [
        ([], ("http://localhost:3000", None), (None, 0, None, "line")),
        (
            ["https://h", "--api-key", "k", "--stream-id", "s", "--from", "7", "--types", "entry,complete"],
            ("https://h", "k"),
            ("s", 7, ["entry", "complete"], "line"),
        ),
        (
            ["--from", "latest", "--view", "document"],
            ("http://localhost:3000", None),
            (None, "latest", None, "document"),
        ),
    ],
)
def test_flags(fake: type[FakeClient], arguments: list[str], server: Any, asked: Any) -> None:
    """Each flag reaches the client, which is closed at the end."""
    follow.main(arguments)

    assert [server, asked, ("closed",)] == fake.made


@pytest.mark.parametrize(
    ("event", "status", "line"),
    [
        (NoServerError("http://h: Connection refused"), 2, "http://h: Connection refused"),
        (
            InvalidRequestError("No.", {"types": ["There is no type 'x'.", "Or is there?"], "n": 3}),
            2,
            "No.; types: There is no type 'x'. Or is there?",
        ),
        (StreamFailedError("Memory limit exceeded"), 1, "the stream failed: Memory limit exceeded"),
    ],
)
def test_failures_are_one_line(
    fake: type[FakeClient], event: Any, status: int, line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """What was printed stays; the reason comes last."""
    fake.events = [ENTRY, event]

    assert status == follow.main([])
    assert f"datasynth: {line}\n" == capfd.readouterr().err


def test_an_interrupt(fake: type[FakeClient], capfd: pytest.CaptureFixture[str]) -> None:
    """Control-C ends it quietly, with the status that shells know; the client is closed."""
    fake.events = [COMPLETE, Terminated(signal.SIGINT)]

    assert 130 == follow.main([])
    assert "" == capfd.readouterr().err
    assert ("closed",) == fake.made[-1]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["x"], "x: this is not a server address such as http://localhost:3000"),
        (["--from", "-1"], "argument --from: '-1' is neither a sequence number nor latest"),
        (["--from", "last"], "argument --from: 'last' is neither a sequence number nor latest"),
        (["--types"], "argument --types: expected one argument"),
        (["http://127.0.0.1:1"], "http://127.0.0.1:1: Connection refused"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, no usage, status 2."""
    status = follow.main(arguments)

    output = capfd.readouterr()
    assert (2, "") == (status, output.out)
    assert f"datasynth: {expected}\n" == output.err


def test_without_the_extra(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """One line says what to install."""

    def missing(_: str) -> object:
        raise ImportError("datasynth.client needs httpx: pip install 'datasynth[client]'")

    monkeypatch.setattr(client, "__getattr__", missing)
    monkeypatch.delitem(vars(client), "Client", raising=False)

    assert 2 == follow.main([])
    assert (
        "datasynth: datasynth.client needs httpx: pip install 'datasynth[client]'\n" == capfd.readouterr().err
    )
