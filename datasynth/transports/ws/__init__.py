"""WebSocket calls: the event stream and the server's counters.

Knows frames, the opening and closing handshakes, query keys and the messages'
keys.  Entries arrive as finished frames and are passed on as they are.  Must
not decide what a stream does, format an amount, or know gevent, REST or gRPC.
"""

from __future__ import annotations
