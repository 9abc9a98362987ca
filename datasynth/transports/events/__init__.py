"""What subscribers of streams get, over WebSocket and as Server-Sent Events alike.

Knows the query of a subscriber, the messages and their order.  Entries arrive
encoded and are passed on as they are.  Must not know how messages look on a
connection: `writer` says what a connection has to offer.
"""

from __future__ import annotations
