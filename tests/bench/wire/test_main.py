"""The program that sends hostile bytes over every protocol."""

from __future__ import annotations

import pytest

from bench.wire.__main__ import FUZZERS, GREEN, MORE_DESCRIPTORS, MORE_RESIDENT, Footprint, main

BEFORE = Footprint(100_000_000, 20)


@pytest.mark.parametrize(
    ("resident", "descriptors", "expected"),
    [
        (0, 0, True),
        (-1_000, -1, True),
        (MORE_RESIDENT, MORE_DESCRIPTORS, True),
        (MORE_RESIDENT + 1, 0, False),
        (0, MORE_DESCRIPTORS + 1, False),
    ],
)
def test_what_is_back_where_it_was(resident: int, descriptors: int, expected: bool) -> None:
    """Within bounds, and smaller is fine."""
    after = Footprint(BEFORE.resident + resident, BEFORE.descriptors + descriptors)

    assert expected == after.back_to(BEFORE)


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
