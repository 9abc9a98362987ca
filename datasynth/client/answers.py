"""What a program gets of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from datasynth.client.errors import UnexpectedAnswerError

if TYPE_CHECKING:
    from datasynth.client.calls import Answer, Call


def read_answer(call: Call[Answer], body: bytes) -> Answer:
    """Return what a call's answer says.

    Raises
    ------
    UnexpectedAnswerError
        It is another server's.
    """
    try:
        return call.read(orjson.loads(body))
    except (ValueError, TypeError, KeyError) as error:
        raise UnexpectedAnswerError(f"{call.path}: the answer is not from a datasynth server.") from error
