"""The command that prints the version."""

from __future__ import annotations

import pytest

from datasynth import __version__
from datasynth.cli.version import main


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    """One line, as `--version` prints it."""
    assert (0, (f"{__version__}\n", "")) == (main([]), capfd.readouterr())


@pytest.mark.parametrize("arguments", [["--json"], ["2"]])
def test_bad_usage_is_one_line(arguments: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    """It takes no arguments."""
    assert 2 == main(arguments)
    assert f"datasynth: unrecognized arguments: {arguments[0]}\n" == capfd.readouterr().err
