"""The command line of the benchmark."""

from __future__ import annotations

import pytest

from bench.__main__ import GROUPS, main


def test_unknown_groups_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """A group that there is not ends it at once, with the list of those that there are."""
    with pytest.raises(SystemExit):
        main(["--only", "engine,kitchen"])

    said = capsys.readouterr().err
    assert "no group kitchen" in said
    assert all(group in said for group in GROUPS)
