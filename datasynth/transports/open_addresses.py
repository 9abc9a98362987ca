"""The addresses that need no key and do not count for the rate limit."""

from __future__ import annotations

PROBES = frozenset({"/health", "/live", "/ready"})
"""The probes: they answer at once, whatever else goes on."""

PAGES = frozenset({"/", "/version", "/docs", "/openapi.json", "/asyncapi.json"})
"""What the server says about itself."""

FOLDERS = ("/docs/", "/page/")
"""Where the files of these pages are."""

OPEN = PROBES | PAGES


def is_open(path: str) -> bool:
    """Tell whether an address needs no key and does not count."""
    return path in OPEN or path.startswith(FOLDERS)
