"""The program that sends hostile bytes over every protocol."""

from __future__ import annotations

import pytest

from bench.wire.__main__ import FUZZERS, GREEN, main


def test_every_protocol_has_a_name_of_its_own() -> None:
    """None is left out."""
    names = [fuzzer.name for fuzzer in FUZZERS]

    assert ["http", "websocket", "grpc"] == names


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.parametrize("name", [fuzzer.name for fuzzer in FUZZERS])
def test_a_server_is_sent_hostile_bytes(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The report tells what was sent and answered, and how large the server was before and after."""
    assert GREEN == main(["--seconds", "2", "--seed", "3", "--only", name])

    printed = capsys.readouterr().out
    assert f"{name}: " in printed
    assert "0 faults" in printed
    assert "descriptors: " in printed
