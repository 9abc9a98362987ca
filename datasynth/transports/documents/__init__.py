"""Descriptions of the server that machines read: OpenAPI, JSON Schema, and a page that shows them.

Knows the operations of REST and the messages of streams, and writes them in the
words of the standards.  Must not decide what a call does: an address, a key or
an answer is written beside its route.  `pages` holds the files of Swagger UI.
"""

from __future__ import annotations
