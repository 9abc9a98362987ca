"""What is shown while entries are generated."""

from __future__ import annotations

import logging

import pytest

from datasynth.cli import progress


@pytest.mark.parametrize(
    ("quiet", "level", "said"),
    [
        (False, logging.INFO, "datasynth: word\n"),
        (True, logging.INFO, ""),
        (True, logging.WARNING, "datasynth: word\n"),
    ],
)
def test_what_the_kernels_have_to_say(
    capfd: pytest.CaptureFixture[str], quiet: bool, level: int, said: str
) -> None:
    """That kernels are compiled is said on standard error, and in quiet only what goes wrong with them."""
    progress._say(quiet, level, "word")

    assert ("", said) == capfd.readouterr()


@pytest.mark.parametrize("quiet", [False, True])
def test_no_terminal_no_bar(capfd: pytest.CaptureFixture[str], quiet: bool) -> None:
    """Where standard error is no terminal there is no bar."""
    with progress.entries_progress(quiet=quiet) as told:
        told.begin(10)
        told.add(10)

    assert ("", "") == capfd.readouterr()
