"""schemathesis, which knows `/openapi.json` alone, and tries what it says and what it does not."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clients.tools import run

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server import Server

SETTINGS = Path(__file__).parent / "schemathesis.toml"
SECONDS = 120
"""Time in which requests are made up; the last ones may take longer. [s]"""

PHASES = "examples,coverage,fuzzing,stateful"


@pytest.mark.timeout(240)
def test_nothing_is_found(start_server: Callable[..., Server], tmp_path: Path) -> None:
    """Answers are as described, bad requests are refused and good ones are not, whatever their order."""
    server = start_server(api_key="secret")
    done = run(
        Path(sys.executable).with_name("st"),
        *("--config-file", SETTINGS),
        *("run", f"{server.base_url}/openapi.json"),
        *("--phases", PHASES, "--continue-on-failure", "--no-color"),
        *("--max-time", str(SECONDS), "--header", "X-API-Key: secret"),
        folder=tmp_path,
        patience=220.0,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    # A run that tries nothing finds nothing; the settings leave one call out.
    selected, there_are = re.findall(r"Selected: (\d+)/(\d+)", done.stdout)[-1]
    assert [selected] == re.findall(r"Tested: (\d+)", done.stdout)
    assert int(there_are) - 1 == int(selected)
