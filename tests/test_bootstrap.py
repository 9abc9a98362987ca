"""How settings become an application."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.bootstrap import create_app, services_of
from datasynth.errors import InvalidConfiguration
from datasynth.service.admission.memory_guard import LOW_ABOVE
from datasynth.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 1_000_000_000
LEFT = int(LOW_ABOVE * LIMIT)


def test_configuration_file_that_costs_too_much_is_refused_at_the_start(tmp_path: Path) -> None:
    """Where the limit leaves a byte, no journal fits; without a file the server starts and refuses calls."""
    file = tmp_path / "config.yaml"
    file.write_text("global: {seed: 7}")
    with pytest.raises(InvalidConfiguration, match="would need about"):
        create_app(Settings(config=file, memory_limit=LIMIT), resident=lambda: LEFT - 1)

    app = create_app(Settings(memory_limit=LIMIT), resident=lambda: LEFT - 1)
    assert services_of(app).cost_limit.one == 1


def test_server_that_is_larger_than_its_limit_starts_with_its_file(tmp_path: Path) -> None:
    """A limit below the server's own size is a matter of memory, and no fault of the file."""
    file = tmp_path / "config.yaml"
    file.write_text("global: {seed: 7}")
    app = create_app(Settings(config=file, memory_limit=LIMIT), resident=lambda: LIMIT)

    assert 7 == services_of(app).config_store.document.config.general.seed
