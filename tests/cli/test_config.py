"""The schema of configurations and a configuration in full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from datasynth.cli.config import main
from datasynth.config import ConfigDocument, config_json_schema

if TYPE_CHECKING:
    from pathlib import Path

DEFAULTS = ConfigDocument.defaults()


def test_schema(capfd: pytest.CaptureFixture[str]) -> None:
    """The schema is printed as JSON and nothing else."""
    status = main(["schema"])

    assert (0, config_json_schema()) == (status, json.loads(capfd.readouterr().out))


def test_show(capfd: pytest.CaptureFixture[str]) -> None:
    """Without a file the defaults are shown, with a preset those of it."""
    patch = {"global": {"industry": "retail"}, "chart_of_accounts": {"complexity": "large"}}

    first = main(["show"]), yaml.safe_load(capfd.readouterr().out)
    second = main(["show", "--industry", "retail", "--complexity", "large"]), capfd.readouterr().out

    assert (0, DEFAULTS.as_dict()) == first
    assert (0, DEFAULTS.merge(patch).as_yaml()) == second


def test_show_a_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file is merged over the defaults, and a preset of the command line over the file."""
    file = tmp_path / "own.json"
    file.write_text('{"global": {"industry": "retail", "seed": 7}}')

    status = main(["show", "--config", str(file), "--industry", "energy"])

    expected = DEFAULTS.merge({"global": {"industry": "energy", "seed": 7}})
    assert (0, expected.as_yaml()) == (status, capfd.readouterr().out)


def test_a_wrong_file_is_told_in_one_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The line names the file and the key."""
    file = tmp_path / "own.yaml"
    file.write_text("global: {period_months: 0}\ntax: {enabled: 1}\n")

    status = main(["show", "--config", str(file)])

    line = capfd.readouterr().err
    assert (2, 1) == (status, line.count("\n"))
    assert line.startswith(f"datasynth: {file}: The configuration is not valid. global.period_months: ")
    assert "tax.enabled: " in line


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], "the following arguments are required: schema|show"),
        (["sch"], "argument schema|show: invalid choice: 'sch'"),
        (["schema", "--indent", "4"], "unrecognized arguments: --indent 4"),
        (["show", "--config", "no/such.yaml"], "no/such.yaml: The file cannot be read"),
        (["show", "--industry", "steel"], "argument --industry: invalid choice: 'steel'"),
    ],
)
def test_bad_usage_is_one_line(
    arguments: list[str], expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """No traceback, no usage, status 2."""
    status = main(arguments)

    output = capfd.readouterr()
    assert (2, "", 1) == (status, output.out, output.err.count("\n"))
    assert output.err.startswith(f"datasynth: {expected}")
