"""Options of gRPC's core, each with a test of its effect.

The core ignores keys that it does not know, so a misspelt name changes nothing
and nobody notices.  The keys are those of the core's header
``channel_arg_names.h``; its guide calls some of them otherwise.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from datasynth.transports.limits import PING_SECONDS, REQUEST_BYTES, REQUEST_SECONDS, SILENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Mapping

# A peer that does not answer a ping in time is gone, as over WebSocket.
PING_MS = int(PING_SECONDS * 1000)
ANSWER_MS = int((SILENCE_SECONDS - PING_SECONDS) * 1000)

# Clients ping to hold a connection open through a proxy, and most of all when nothing moves: while
# a reader pauses, no data go out that would make its pings proper ones in the core's eyes.
# So the only question is how many pings cost something.  Ten a second do not; a flood is
# closed after as many more as these.
CLIENT_PING_MS = 100
CLIENT_PINGS_TOO_SOON = 100

OPTIONS: Mapping[str, int] = MappingProxyType(
    {
        # A taken port is an error, not shared.
        "grpc.so_reuseport": 0,
        "grpc.max_receive_message_length": REQUEST_BYTES,
        "grpc.server_handshake_timeout_ms": int(REQUEST_SECONDS * 1000),
        "grpc.keepalive_time_ms": PING_MS,
        "grpc.http2.ping_timeout_ms": ANSWER_MS,
        # For the kernel, which ends a connection whose data nobody confirms; it watches over no ping.
        "grpc.keepalive_timeout_ms": ANSWER_MS,
        # Both ways: the server pings a connection without calls, and may be pinged on one.
        "grpc.keepalive_permit_without_calls": 1,
        "grpc.http2.min_ping_interval_without_data_ms": CLIENT_PING_MS,
        "grpc.http2.max_ping_strikes": CLIENT_PINGS_TOO_SOON,
    }
)
"""Options of the server, by the core's names."""
