"""HTTP calls: configuration, stream control, downloads, probes, metrics, tickets.

Knows Flask, the shape of answers and of errors, and how bodies and queries are
read.  Must not decide what a call means, know gevent, or know the other
transports; WebSocket routes are added to the same application from outside.
"""

from __future__ import annotations
