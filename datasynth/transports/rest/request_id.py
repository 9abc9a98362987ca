"""One id per request: in every answer, and in the log beside a traceback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from flask import g, request

if TYPE_CHECKING:
    from collections.abc import Callable

HEADER = "X-Request-Id"

_SANE = re.compile(r"[A-Za-z0-9._:+/=-]{1,128}")


def take_request_id(new_request_id: Callable[[], str]) -> None:
    """Adopt the id that the client sent, if it can go into a header and a log line as it is."""
    offered = request.headers.get(HEADER, "")
    g.request_id = offered if _SANE.fullmatch(offered) else new_request_id()


def request_id() -> str:
    """Return the id of the present request."""
    return cast("str", g.request_id)
