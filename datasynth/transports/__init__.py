"""The three ways in: REST, WebSocket and gRPC.

Knows how requests and answers look on the wire, and translates: parse, call
the service, encode the answer.  `origin_guard` refuses web pages that nobody
has allowed and `http_guard` lets callers in, for REST and for WebSocket
upgrades alike; `bridge`, `worker`, `accepting` and
`connection` are the only modules that know gevent.

Must not decide anything that the service could decide, and the three must not
know one another.
"""

from __future__ import annotations
