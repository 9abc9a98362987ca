"""A configuration file to begin with."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from datasynth.cli.init import FILE, main
from datasynth.config import (
    COMPLEXITIES,
    INDUSTRIES,
    commented_yaml,
    config_from_mapping,
    load_config_file,
    parse_document,
)
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("complexity", COMPLEXITIES)
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_the_file_is_the_defaults(tmp_path: Path, industry: str, complexity: str) -> None:
    """What is written loads as `--config` and equals the defaults of its presets."""
    file = tmp_path / "own.yaml"

    status = main(["--industry", industry, "--complexity", complexity, "--output", str(file)])

    patch = {"global": {"industry": industry}, "chart_of_accounts": {"complexity": complexity}}
    assert 0 == status
    assert config_from_mapping(patch) == load_config_file(file).config


def test_without_flags(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The default presets go into datasynth.yaml, and one line says so."""
    monkeypatch.chdir(tmp_path)

    status = main([])

    assert (0, f"Wrote {FILE}. To use it: datasynth serve --config {FILE}\n") == (
        status,
        capfd.readouterr().out,
    )
    assert config_from_mapping({}) == load_config_file(tmp_path / FILE).config


def test_to_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """With `-` the text is printed and nothing else, and no file is made."""
    monkeypatch.chdir(tmp_path)

    status = main(["--industry", "retail", "--start-date", "2025-07-01", "--output", "-"])

    text = capfd.readouterr().out
    expected = config_from_mapping({"global": {"industry": "retail", "start_date": "2025-07-01"}})
    assert (0, commented_yaml(expected)) == (status, text)
    assert expected == config_from_mapping(parse_document(text.encode(), "yaml"))
    assert [] == list(tmp_path.iterdir())


def test_a_file_that_exists_is_kept(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing is overwritten unless that is asked for."""
    file = tmp_path / "own.yaml"
    file.write_text("precious")

    refused = main(["--output", str(file)])
    kept, line = file.read_text(), capfd.readouterr().err
    forced = main(["--output", str(file), "--force"])

    assert (2, "precious") == (refused, kept)
    assert f"datasynth: {file} already exists; use --force to overwrite it\n" == line
    assert (0, config_from_mapping({})) == (forced, load_config_file(file).config)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--industry", "steel"], "argument --industry: invalid choice: 'steel'"),
        (["--complexity", "huge"], "argument --complexity: invalid choice: 'huge'"),
        (["--indus", "retail"], "unrecognized arguments: --indus retail"),
        (["retail"], "unrecognized arguments: retail"),
        (["--output"], "argument --output: expected one argument"),
        (["--output", "no/such/folder/a.yaml"], "no/such/folder/a.yaml: No such file or directory"),
        (["--output", ".", "--force"], ".: Is a directory"),
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


def test_help(capfd: pytest.CaptureFixture[str]) -> None:
    """The help names every flag."""
    with pytest.raises(SystemExit) as ended:
        main(["--help"])

    text = capfd.readouterr().out
    assert not ended.value.code
    assert [] == [
        flag
        for flag in ("--industry", "--complexity", "--start-date", "--output", "--force")
        if flag not in text
    ]


def test_half_a_file_is_none(tmp_path: Path) -> None:
    """What could not be written whole is told and removed, so that it is not in the way of the next try."""
    file = tmp_path / "own.yaml"
    # No file of this shell may become larger than a kilobyte; a full disk fails in the same way.
    script = f'ulimit -f 1; exec "{sys.executable}" -m datasynth init --output "{file}"'
    done = subprocess.run(["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (2, f"datasynth: {file}: File too large\n") == (done.returncode, done.stderr)
    assert not file.exists()
