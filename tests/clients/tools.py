"""Other people's programs: where they are, or a plain word that they are not there."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

HOMES = (Path.home() / "go" / "bin", Path.home() / ".cargo" / "bin")
"""Where go and cargo install programs, whether or not the path leads there."""

PATIENCE = 50.0
"""How long a program may take, if nobody says otherwise. [s]"""


def tool(name: str, how: str) -> str:
    """Find a program, or skip the test and say which one is missing.

    Parameters
    ----------
    name
        Of the program.
    how
        What brings it.
    """
    path = os.pathsep.join([os.environ.get("PATH", ""), *map(str, HOMES)])
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed ({how})")
    return found


def run(
    *command: str | Path,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
    patience: float = PATIENCE,
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; what it printed, whatever its status."""
    return subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**os.environ, **(environment or {})},
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def cache(name: str) -> Path:
    """Folder for what is built once and kept, outside of the sources."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = home / "datasynth-clients" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
