"""The program that sends hostile bytes over every protocol."""

from __future__ import annotations

import pytest

from bench.wire.__main__ import FUZZERS, GREEN, MORE_DESCRIPTORS, MORE_RESIDENT, Footprint, main


def test_a_server_that_has_grown_is_told_apart() -> None:
    """In memory or in descriptors, beyond what libraries take at their first use."""
    before = Footprint(100, 10)

    assert Footprint(100 + MORE_RESIDENT, 10 + MORE_DESCRIPTORS).back_to(before)
    assert not Footprint(101 + MORE_RESIDENT, 10).back_to(before)
    assert not Footprint(100, 11 + MORE_DESCRIPTORS).back_to(before)


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
