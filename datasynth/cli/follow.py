"""``datasynth follow [URL]``: the events of a server's stream as they happen, one line an event."""

from __future__ import annotations

import argparse
import re
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from datasynth import client, logs
from datasynth.cli.program import READER_GONE, BadUsage, Parser, ReaderGone, run_command, write_out
from datasynth.client.defaults import URL
from datasynth.client.errors import ClientError, StreamFailedError
from datasynth.signals import run_until_signal

if TYPE_CHECKING:
    from collections.abc import Sequence

STREAM_FAILED = 1
"""Exit status where the stream that is followed has failed."""

LATEST = "latest"

_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)

_KNOWN = {"type", "stream_id", "message"}
"""Keys that every notice has, or that are said in words."""


def main(arguments: Sequence[str]) -> int:
    """Print events until the stream is over.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0 after `complete`; 1 if the stream has failed; 2 if there is no server,
        or it refuses; 128 plus the number of the signal that has ended it.
    """
    try:
        return run_until_signal(partial(run_command, partial(_follow, arguments)))
    except ReaderGone:
        return READER_GONE


def _follow(arguments: Sequence[str]) -> int:
    flags = _parser().parse_args(arguments)
    types = None if flags.types is None else flags.types.split(",")
    write = _write_json if flags.json else _write_line
    try:
        with _client(flags) as server:
            for event in server.follow(flags.stream_id, flags.first, types, flags.view):
                write(event)
    except StreamFailedError as error:
        logs.write(logs.STDERR, f"datasynth: the stream failed: {error}")
        return STREAM_FAILED
    except ClientError as error:
        raise BadUsage(_sentence(error)) from error
    return 0


def _sentence(error: ClientError) -> str:
    """Return the message with the problems that stand only in the details."""
    problems = [
        f"{name}: {' '.join(map(str, found))}"
        for name, found in error.details.items()
        if isinstance(found, list)
    ]
    return "; ".join([error.message, *problems])


def _client(flags: argparse.Namespace) -> client.Client:
    try:
        # Its libraries are an extra, so it is there only when it is asked for.
        return client.Client(flags.url, flags.api_key)
    except (ImportError, ValueError) as error:
        raise BadUsage(str(error)) from error


def _write_json(event: dict[str, Any]) -> None:
    write_out(orjson.dumps(event, option=orjson.OPT_APPEND_NEWLINE))


def _write_line(event: dict[str, Any]) -> None:
    if event["type"] == "progress":
        logs.write(logs.STDERR, _progress(event))
        return
    text = _entry(event) if event["type"] == "entry" else _notice(event)
    write_out(f"{text}\n".encode())


def _entry(event: dict[str, Any]) -> str:
    data = event["data"]
    if "lines" not in data:
        place = f"{event['sequence']}.{event['line']}"
        return (
            f"{place:<12} {data['posting_date']} {data['account']} {data['debit']:>16} {data['credit']:>16}"
        )
    return (
        f"{event['sequence']:<12} {data['posting_date']} {data['company_code']} {data['document_type']} "
        f"{data['document_number']} {data['header_text']} ({len(data['lines'])} lines)"
    )


def _progress(event: dict[str, Any]) -> str:
    return (
        f"{event['current']:,} of {event['total']:,} entries ({event['percent']:.1f} %), "
        f"{event['rate']:,.0f} a second"
    )


def _notice(event: dict[str, Any]) -> str:
    """Say an event in one line: its type, its sentence, and what else it has."""
    words = [event["type"]]
    if "message" in event:
        words.append(" ".join(str(event["message"]).split()))
    words += [f"{name}={_value(value)}" for name, value in event.items() if name not in _KNOWN]
    return " ".join(words)


def _value(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth follow",
        description="Print the events of a server's stream as they happen, one line per event, until the "
        "stream is complete. After a lost connection, it continues with the next line.",
    )
    parser.add_argument(
        "url", metavar="URL", nargs="?", default=URL, help=f"address of the server (default: {URL})"
    )
    parser.add_argument(
        "--stream-id",
        metavar="ID",
        help="id of the stream (default: the active stream, or the next one that starts)",
    )
    parser.add_argument(
        "--from",
        dest="first",
        type=_first,
        default=0,
        metavar=f"N|{LATEST}",
        help=f"sequence number of the first entry, or {LATEST} for the current position (default: 0)",
    )
    parser.add_argument(
        "--types", metavar="A,B,…", help="types of the events to print, such as entry,complete (default: all)"
    )
    parser.add_argument(
        "--view",
        choices=["line", "document"],
        default="line",
        metavar="NAME",
        help="line: one event per line item; document: one event per entry (default: line)",
    )
    parser.add_argument("--api-key", metavar="KEY", help="API key of the server")
    parser.add_argument("--json", action="store_true", help="print each event as JSON")
    return parser


def _first(given: str) -> int | str:
    if given == LATEST:
        return LATEST
    if not _DIGITS.fullmatch(given):
        raise argparse.ArgumentTypeError(f"{given[:40]!r} is neither a sequence number nor {LATEST}")
    return int(given)
