"""What holds for a client that was not told otherwise."""

from __future__ import annotations

URL = "http://localhost:3000"
"""Of a server that was started without options."""

TIMEOUT = 150.0
"""How long a server may be silent: it builds a journal for up to two minutes. [s]"""

RETRIES = 8
"""Number of retries without progress, after the first try."""

PAGE = 1000
"""Open items that are asked for at a time."""
