"""Configuration files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import load_config_file
from datasynth.errors import InvalidConfiguration, InvalidRequest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "global: {seed: 7}"),
        ("a.YML", "global:\n  seed: 7\n"),
        ("a.json", '{"global": {"seed": 7}}'),
        ("a.conf", '\ufeff\n {"global": {"seed": 7}}'),
        ("a", "global:\n  seed: 7\n"),
    ],
)
def test_spelling_follows_name_or_content(tmp_path: Path, name: str, text: str) -> None:
    """A suffix says what a file is; without one, its first character does."""
    (tmp_path / name).write_text(text, encoding="utf-8")

    assert 7 == load_config_file(tmp_path / name).config.general.seed


@pytest.mark.parametrize("text", ["global: [", "", "- 1", "a: 1\na: 2", "x" * 1_100_000, "\x00"])
def test_file_that_is_no_document(tmp_path: Path, text: str) -> None:
    """One line says which file is wrong and how."""
    file = tmp_path / "a.yaml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidRequest) as caught:
        load_config_file(str(file))

    assert caught.value.message.startswith(f"{file}: ")
    assert "\n" not in caught.value.message


def test_wrong_value(tmp_path: Path) -> None:
    """A wrong value is told with the file, its path and its sentence."""
    file = tmp_path / "a.yaml"
    file.write_text("global: {period_months: 0}", encoding="utf-8")

    with pytest.raises(InvalidConfiguration) as caught:
        load_config_file(file)

    assert caught.value.message.startswith(f"{file}: The configuration is not valid. global.period_months: ")
    assert {"global.period_months": ["Must be from 1 to 120."]} == caught.value.details


def test_unreadable(tmp_path: Path) -> None:
    """A missing file, a folder and an impossible name are refused, not crashed upon."""
    for path in (tmp_path / "missing.yaml", tmp_path, "a\x00b"):
        with pytest.raises(InvalidRequest, match="cannot be read"):
            load_config_file(path)
