"""What this server takes from grpcio that grpcio keeps to itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc

from datasynth.transports.rpc import receiving

if TYPE_CHECKING:
    import pytest


def test_grpcio_is_the_version_that_was_tried() -> None:
    """An upgrade has to look at `receiving` before it goes through: `grpc._server` is nobody's promise."""
    assert receiving.TRIED == ".".join(grpc.__version__.split(".")[:2])


def test_another_version_is_reported(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An operator who has installed another one learns of it at the start."""
    receiving.warn_of_other_versions()
    assert [] == caplog.records

    monkeypatch.setattr(grpc, "__version__", "9.9.1")
    receiving.warn_of_other_versions()

    [record] = caplog.records
    assert "grpcio 9.9.1 has not been tried" in record.getMessage()
