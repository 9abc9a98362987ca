"""The three ways in: REST (`rest`), WebSocket (`ws`) and gRPC (`rpc`).

They know how requests and answers look on the wire, and translate: parse, call
the service, encode the answer.  They must not decide anything that the service
could decide, and must not know one another.  What they share is here:

- `worker`, `connection`, `answering` and `parsed_request`: the HTTP server, on gunicorn and gevent;
- `bridge`: the crossing from native threads to greenlets.  It, `worker` and `connection` know gevent, and
  no other module does;
- `guard`, `limits`, `errors`: who may enter, how much of anything, and what a refusal looks like;
- `addresses`, `request_head`, `query_keys`: where a server listens, heads of requests, keys of queries;
- `operations`, `query_schema`, `open_addresses`: what a call is, how its query is read, and which calls
  need no key.

`events` is what subscribers of streams get, over WebSocket and as Server-Sent Events.
`documents` stands above `rest` and `ws`, and describes both to machines.
"""

from __future__ import annotations
