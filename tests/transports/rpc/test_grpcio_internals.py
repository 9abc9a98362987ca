"""What this server takes from grpcio that grpcio keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from datasynth.transports.rpc import grpcio_internals

if TYPE_CHECKING:
    import pytest


def test_grpcio_is_the_version_that_was_tried() -> None:
    """An upgrade needs a look at `grpcio_internals` first: `grpc._server` is nobody's promise."""
    assert grpcio_internals.TRIED == ".".join(grpc.__version__.split(".")[:2])


def test_another_version_is_reported(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator who has installed another one learns of it at the start."""
    grpcio_internals.warn_of_other_versions()
    assert [] == caplog.records

    monkeypatch.setattr(grpc, "__version__", "9.9.1")
    grpcio_internals.warn_of_other_versions()

    [record] = caplog.records
    assert "grpcio 9.9.1 is not tested" in record.getMessage()
