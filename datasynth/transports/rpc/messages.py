"""Bytes to messages; what is not one is the client's error, with its name in the table."""

from __future__ import annotations

from typing import TypeVar

from google.protobuf.message import DecodeError, Message

from datasynth.errors import InvalidRequest

AnyMessage = TypeVar("AnyMessage", bound=Message)


def parsed(kind: type[AnyMessage], body: bytes) -> AnyMessage:
    """Read a message, or raise `InvalidRequest`."""
    try:
        return kind.FromString(body)
    except DecodeError as error:
        raise InvalidRequest(f"The request is not a message of type {kind.DESCRIPTOR.full_name}.") from error
