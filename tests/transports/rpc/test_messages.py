"""Bytes to messages."""

from __future__ import annotations

import pytest

from datasynth.errors import InvalidRequest
from datasynth.transports.rpc.messages import parsed
from datasynth.transports.rpc.synth_pb2 import Config, GenerationRequest


def test_an_absent_count_is_not_a_zero() -> None:
    """`optional` fields tell absence from zero."""
    absent = parsed(GenerationRequest, b"")
    zero = parsed(GenerationRequest, GenerationRequest(count=0).SerializeToString())

    assert not absent.HasField("count")
    assert zero.HasField("count")


@pytest.mark.parametrize("body", [b"\xff\xff\xff", b"\x0a\x05ab", b"\x0a\x02\xff\xfe"])
def test_garbage_is_the_client_s_error(body: bytes) -> None:
    """Broken tags, cut-off fields and text that is not UTF-8 are refused by name."""
    with pytest.raises(InvalidRequest, match=r"synth\.Config"):
        parsed(Config, body)


def test_fields_of_a_newer_client_are_ignored() -> None:
    """A field that this server does not know changes nothing."""
    body = Config(yaml="a: 1").SerializeToString() + b"\xd2\x09\x03new"

    assert parsed(Config, body).yaml == "a: 1"
