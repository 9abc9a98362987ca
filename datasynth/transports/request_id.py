"""One id per request: in every answer, and in the log beside what went wrong."""

from __future__ import annotations

import re

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")


def is_sane(offered: str) -> bool:
    """Tell whether a client's own id can go into a header and a log line as it is."""
    return _SANE.fullmatch(offered) is not None
