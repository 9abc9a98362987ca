"""Readers whose libraries a program may not need, imported at their first use."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from datasynth.client.filters import wanted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.client.batch_reader import BatchReader
    from datasynth.client.rpc import MessageReader


def batch_reader(
    first: int, count: int | None, stream_id: str | None, filters: Mapping[str, object]
) -> BatchReader:
    """Return a reader of a range as Arrow record batches; pyarrow is imported."""
    module = import_module("datasynth.client.batch_reader")
    reader: BatchReader = module.BatchReader(wanted(first, count, stream_id, filters, format="arrow"))
    return reader


def message_reader(count: int | None, first: int) -> MessageReader:
    """Return a reader of a gRPC call; gRPC is imported."""
    reader: MessageReader = import_module("datasynth.client.rpc").MessageReader(count, first)
    return reader
