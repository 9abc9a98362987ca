"""WebSocket calls: the event stream and the server's counters.

Knows frames, and the opening and closing handshakes.  What is told of a stream
is in `events`.  Entries arrive as finished frames and are passed on as they are.
Must not decide what a stream does, format an amount, or know gevent, REST or gRPC.
"""

from __future__ import annotations
