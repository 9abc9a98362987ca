"""Who may enter, seen without a network."""

from __future__ import annotations

import pytest

from datasynth.service.admission.access import Right
from datasynth.service.admission.clients import UNKNOWN
from datasynth.transports.rpc.guard import client_address, presented_keys, right_for
from datasynth.transports.rpc.server import NAMES
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        ("ipv4:127.0.0.1:50123", "127.0.0.1"),
        ("ipv6:[::1]:50123", "::1"),
        ("ipv6:%5B::1%5D:50123", "::1"),
        ("ipv6:%5Bfe80::1%25eth0%5D:50123", "fe80::1"),
        ("ipv6:[::ffff:10.0.0.7]:50123", "10.0.0.7"),
        ("unix:/tmp/socket", UNKNOWN),
        ("unix:", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_a_peer_is_known_by_its_plain_address(peer: str, expected: str) -> None:
    """One spelling per address, the same as over HTTP."""
    assert expected == client_address(peer)


def test_keys_are_taken_from_both_places() -> None:
    """Either name will do, `Bearer` in any case; other schemes and empty values are no keys."""
    metadata = (
        ("user-agent", "grpc-python"),
        ("authorization", "Basic dXNlcjpwYXNz"),
        ("authorization", "bearer  one "),
        ("x-api-key", ""),
        ("x-api-key", "two"),
        ("x-api-key-bin", b"three"),
        ("authorization", "Bearer"),
    )

    assert ["one", "two"] == list(presented_keys(metadata))


def test_a_method_needs_control_unless_it_changes_nothing() -> None:
    """Reading and a stream of one's own are for every key; whatever is not on the list is control."""
    methods = {f"/{name}/{method}" for name in NAMES for method in _methods(name)}
    reads = {method.rpartition("/")[2] for method in methods if right_for(method) is Right.READ}

    assert reads == {"GetConfig", "StartGeneration"}
    assert Right.READ is right_for("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
    assert Right.CONTROL is right_for("/synth.SynthService/Future")


def _methods(service: str) -> list[str]:
    return [method.name for method in DESCRIPTOR.services_by_name[service.rpartition(".")[2]].methods]
