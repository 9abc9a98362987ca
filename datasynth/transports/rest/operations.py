"""The calls that control streams and the configuration, the tickets and the probes, as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.errors import (
    InvalidConfiguration,
    NoActiveStream,
    NoStream,
    NotFound,
    PayloadTooLarge,
    StreamAlreadyRunning,
    TooManyTriggers,
    UnknownPattern,
    UnsupportedMediaType,
)
from datasynth.ledger.closes import PATTERNS
from datasynth.service.streams.start_request import StartSchema
from datasynth.transports.guard import TICKET_PATH
from datasynth.transports.operations import BodySpec, Operation, component, record, succeed
from datasynth.transports.rest.body import MEDIA_TYPES
from datasynth.transports.rest.schemas import TEXT, TRUTH, WHOLE, every, words

if TYPE_CHECKING:
    from datasynth.transports.operations import JsonSchema

CONFIGURATION = "Configuration"
STREAMS = "Streams"
PROBES = "Probes and metrics"
TICKETS = "Tickets"

_BODIES = (PayloadTooLarge, UnsupportedMediaType)
_DOCUMENT = BodySpec(
    component("Config"), tuple(MEDIA_TYPES), {"fewer": {"transactions": {"target_count": 50_000}}}
)
_CONFIG = component("Config")
_STREAM_ID = {"stream_id": {**TEXT, "description": "The id of a stream."}}


def _done(status: str) -> dict[str, JsonSchema]:
    return {"status": words(status), "stream_id": TEXT}


SHOW_CONFIG = Operation(
    name="show_config",
    method="GET",
    path="/api/config",
    subject=CONFIGURATION,
    summary="Show the whole configuration in effect",
    successes=succeed("The configuration.", _CONFIG),
)

CHANGE_CONFIG = Operation(
    name="change_config",
    method="POST",
    path="/api/config",
    subject=CONFIGURATION,
    summary="Merge a partial configuration into the current one",
    body=_DOCUMENT,
    successes=succeed("The whole configuration after the change.", _CONFIG),
    failures=(InvalidConfiguration, *_BODIES),
)

VALIDATE_CONFIG = Operation(
    name="validate_config",
    method="POST",
    path="/api/config/validate",
    subject=CONFIGURATION,
    summary="Check a partial configuration without changing anything",
    body=_DOCUMENT,
    successes=succeed("The configuration that the change would give.", record(valid=TRUTH, config=_CONFIG)),
    failures=(InvalidConfiguration, *_BODIES),
)

START = Operation(
    name="start_stream",
    method="POST",
    path="/api/stream/start",
    subject=STREAMS,
    summary="Start a stream",
    body=BodySpec(StartSchema, tuple(MEDIA_TYPES), {"slow": {"count": 1_000, "entries_per_second": 50}}),
    successes=succeed("The stream exists and its journal is being built.", record(**_done("started"))),
    failures=(InvalidConfiguration, StreamAlreadyRunning, *_BODIES),
)

STOP = Operation(
    name="stop_stream",
    method="POST",
    path="/api/stream/stop",
    subject=STREAMS,
    summary="End the active stream",
    successes=succeed("The stream has ended.", record(**_done("stopped"))),
    failures=(NoActiveStream,),
)

PAUSE = Operation(
    name="pause_stream",
    method="POST",
    path="/api/stream/pause",
    subject=STREAMS,
    summary="Pause the active stream and all its readers",
    successes=succeed("The stream is paused.", record(**_done("paused"))),
    failures=(NoActiveStream,),
)

RESUME = Operation(
    name="resume_stream",
    method="POST",
    path="/api/stream/resume",
    subject=STREAMS,
    summary="Resume the active stream",
    successes=succeed("The stream has resumed.", record(**_done("resumed"))),
    failures=(NoActiveStream,),
)

_TRIGGER = succeed(
    "The entries have been inserted.",
    record(**_done("triggered"), pattern=words(*PATTERNS), at_sequence=WHOLE, entries=WHOLE),
)

TRIGGER = Operation(
    name="trigger",
    method="POST",
    path="/api/stream/trigger/<path:pattern>",
    subject=STREAMS,
    summary="Insert the entries of a close at the stream's current position",
    parameters={"pattern": {**words(*PATTERNS), "description": "The close to insert."}},
    successes=_TRIGGER,
    failures=(UnknownPattern, NoActiveStream, TooManyTriggers),
)

TRIGGER_NOTHING = Operation(
    name="trigger_without_pattern",
    method="POST",
    path="/api/stream/trigger",
    subject=STREAMS,
    summary="Return an error, since a trigger needs the name of a pattern",
    successes=(),
    failures=(UnknownPattern,),
)

SHOW_STREAM = Operation(
    name="show_stream",
    method="GET",
    path="/api/stream",
    subject=STREAMS,
    summary="Show the active stream, or the last one",
    successes=succeed("The stream.", component("Stream")),
    failures=(NoStream,),
)

LIST_STREAMS = Operation(
    name="list_streams",
    method="GET",
    path="/api/streams",
    subject=STREAMS,
    summary="List the streams that the server remembers, oldest first",
    successes=succeed("The streams.", record(streams=every(component("Stream")))),
)

SHOW_ONE_STREAM = Operation(
    name="show_stream_by_id",
    method="GET",
    path="/api/streams/<stream_id>",
    subject=STREAMS,
    summary="Show one stream",
    parameters=_STREAM_ID,
    successes=succeed("The stream.", component("Stream")),
    failures=(NotFound,),
)

ISSUE_TICKET = Operation(
    name="issue_ticket",
    method="POST",
    path=TICKET_PATH,
    subject=TICKETS,
    summary="Issue a ticket for a browser to open one connection without a key",
    successes=succeed("The ticket, and how long it is valid. [s]", record(ticket=TEXT, expires_in=WHOLE)),
)

HEALTH = Operation(
    name="health",
    method="GET",
    path="/health",
    subject=PROBES,
    summary="Show that the server runs, and its uptime",
    successes=succeed(
        "The server runs.", record(status=words("healthy"), uptime_seconds=WHOLE, version=TEXT)
    ),
)

LIVE = Operation(
    name="live",
    method="GET",
    path="/live",
    subject=PROBES,
    summary="Show that the server answers requests",
    successes=succeed("The server answers.", record(status=words("live"))),
)

READY = Operation(
    name="ready",
    method="GET",
    path="/ready",
    subject=PROBES,
    summary="Show whether the server accepts work",
    successes=succeed("The server accepts work.", record(status=words("ready"))),
)
