"""The id of the present request."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import g, request

from datasynth.transports.request_id import HEADER, is_sane

if TYPE_CHECKING:
    from collections.abc import Callable


def take_request_id(new_request_id: Callable[[], str]) -> None:
    """Adopt the id that the client sent, if it has a sane one, else a new one."""
    offered = request.headers.get(HEADER, "")
    g.request_id = offered if is_sane(offered) else new_request_id()


def request_id() -> str:
    """Return the id of the present request."""
    return cast("str", g.request_id)
