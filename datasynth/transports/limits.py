"""The limits that the three ways in have in common, so that none is an easier target than another."""

from __future__ import annotations

CONNECTIONS = 10_000
"""HTTP connections at once; also gRPC calls that may wait for a request message."""

REQUEST_BYTES = 1 << 20
"""Size of the largest request body, and of the largest gRPC message. [bytes]"""

REQUEST_SECONDS = 30.0
"""How long a connection may take for its first request, or for its gRPC handshake. [s]"""

IDLE_SECONDS = 65
"""How long an HTTP connection may wait for its next request. [s]"""

PING_SECONDS = 20.0
"""Pause between two pings of a WebSocket, and of a gRPC connection. [s]"""

SILENCE_SECONDS = 60.0
"""A WebSocket or gRPC peer that is silent for longer counts as gone. [s]"""
