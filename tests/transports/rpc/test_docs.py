"""The reference names everything that the proto and the error table have, with the types that they have."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from datasynth.service.admission.rate_window import RateDecision
from datasynth.transports.errors import GRPC_STATUSES
from datasynth.transports.guard import window_headers
from datasynth.transports.rpc import health, reflection
from datasynth.transports.rpc.synth_pb2 import DESCRIPTOR

ROOT = Path(__file__).parents[3]
REFERENCE = (ROOT / "docs" / "reference" / "grpc.md").read_text()
MESSAGES = list(DESCRIPTOR.message_types_by_name.values())
METHODS = list(DESCRIPTOR.services_by_name["SynthService"].methods)
TYPES = {
    FieldDescriptor.TYPE_BOOL: "bool",
    FieldDescriptor.TYPE_STRING: "string",
    FieldDescriptor.TYPE_INT64: "int64",
}


def section(heading: str) -> str:
    """Text below a heading of the third level."""
    found = re.search(rf"^### {heading}\n(.*?)(?=^##|\Z)", REFERENCE, re.DOTALL | re.MULTILINE)
    assert found, f"docs/reference/grpc.md has no heading ### {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of a table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def printed_type(field: FieldDescriptor) -> str:
    """Write a field's type as the proto does."""
    kind = field.message_type.name if field.message_type else TYPES[field.type]
    if field.is_repeated:
        return f"`repeated {kind}`"
    return f"`optional {kind}`" if field.has_presence and not field.message_type else f"`{kind}`"


@pytest.mark.parametrize("method", METHODS, ids=[method.name for method in METHODS])
def test_every_call_is_described(method: MethodDescriptor) -> None:
    """Each call has a heading and its line of the proto."""
    stream = "stream " if method.server_streaming else ""
    signature = f"{method.name}({method.input_type.name}) returns ({stream}{method.output_type.name})"

    assert f"`rpc {signature}`" in section(method.name)


@pytest.mark.parametrize("message", MESSAGES, ids=[message.name for message in MESSAGES])
def test_every_message_is_described_with_its_fields(message: Descriptor) -> None:
    """Each message has a heading, and a row for each of its fields and no other."""
    expected = [[f"`{field.name}`", printed_type(field)] for field in message.fields]

    assert expected == [row[:2] for row in rows(section(message.name))]


def test_every_service_is_named() -> None:
    """The proto's services, health and reflection."""
    names = [*(service.full_name for service in DESCRIPTOR.services_by_name.values()), *reflection.SERVICES]
    for name in [*names, health.SERVICE]:
        assert f"`{name}`" in REFERENCE


def test_both_services_have_the_same_calls() -> None:
    """The short name is a second door to the same room."""
    calls = [
        [
            (m.name, m.input_type.full_name, m.output_type.full_name, m.server_streaming)
            for m in service.methods
        ]
        for service in DESCRIPTOR.services_by_name.values()
    ]

    assert calls[0] == calls[1]


def test_every_status_is_described() -> None:
    """Each status that a call can end with is in the table of errors; conflicts need a REST stream."""
    table = REFERENCE.partition("## Errors")[2]
    for name in set(GRPC_STATUSES.values()):
        assert f"`{name}`" in table or name == "FAILED_PRECONDITION"


@pytest.mark.parametrize("source", ["calls", "errors", "guard", "servicer"])
def test_every_metadata_name_is_described(source: str) -> None:
    """What the code sends as metadata has a row."""
    text = (ROOT / "datasynth" / "transports" / "rpc" / f"{source}.py").read_text()
    names = re.findall(r'"((?:x-|error-|retry-|stream-)[a-z-]+)"', text)
    names += [name.lower() for name in window_headers(RateDecision(True, 1, 1, 1, 0))]
    described = [row[0] for row in rows(REFERENCE.partition("## Metadata")[2].partition("## Errors")[0])]

    assert set() == {f"`{name}`" for name in names} - set(described)
