"""The command `datasynth` and its table of commands."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import NoReturn

import pytest

from datasynth import __version__, logs
from datasynth.__main__ import COMMANDS, USAGE, main
from tests import documents

ROOT = Path(__file__).parent.parent
PROBE = "import sys; sys.argv = ['datasynth', *{arguments}]; from datasynth.__main__ import main; {then}"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Exit status of the command with these arguments."""
    monkeypatch.setattr(sys, "argv", ["datasynth", *arguments])
    return main()


@pytest.mark.parametrize("arguments", [[], ["-h"], ["--help"]])
def test_usage(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Without a command the commands are listed, each with what it does."""
    status = run(monkeypatch, *arguments)

    assert (0, f"{USAGE}\n") == (status, capfd.readouterr().out)
    assert all(f"{name} " in USAGE and summary in USAGE for name, (_, summary) in COMMANDS.items())


@pytest.mark.parametrize("name", ["--version", "version"])
def test_version(name: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The version is that of the package."""
    assert (0, f"{__version__}\n") == (run(monkeypatch, name), capfd.readouterr().out)


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["version"], ["generate", "--help"], ["init", "--help"]]
)
def test_what_cannot_be_printed_is_told(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """On a full disk one line says so, and the status is not 0."""
    full = os.open("/dev/full", os.O_WRONLY)
    monkeypatch.setattr(logs, "STDOUT", full)
    status = run(monkeypatch, *arguments)
    os.close(full)

    assert (2, "datasynth: standard output: No space left on device\n") == (status, capfd.readouterr().err)


@pytest.mark.parametrize(("name", "hint"), [("serv", "Did you mean serve? "), ("--colour", "")])
def test_unknown_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], name: str, hint: str
) -> None:
    """A wrong command is answered with the right ones, the nearest first, in one line and with status 2."""
    status = run(monkeypatch, name)

    line = f"datasynth: unknown command {name!r}. {hint}The commands are: {', '.join(COMMANDS)}\n"
    assert (2, line) == (status, capfd.readouterr().err)


def test_an_interrupt_is_quiet(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Control-C while a command is still being imported ends the program without a traceback."""

    def interrupted(_: str) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr("datasynth.__main__.import_module", interrupted)

    assert (130, ("", "")) == (run(monkeypatch, "generate", "out"), capfd.readouterr())


def test_arguments_go_to_the_command(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """What follows the command is the command's, and its status is that of the program."""
    assert 2 == run(monkeypatch, "init", "--industry", "steel")
    assert "datasynth: argument --industry: " in capfd.readouterr().err


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_there(name: str) -> None:
    """The module that the table names exists, and the reference page has a heading for the command."""
    module, _ = COMMANDS[name]
    headings = documents.reference_headings().splitlines()

    assert find_spec(module) is not None
    assert [] != [heading for heading in headings if f"{heading} ".startswith(f"datasynth {name} ")]


@pytest.mark.parametrize("name", ["init", "config", "follow", "version"])
def test_a_command_imports_only_what_it_needs(name: str) -> None:
    """Writing a configuration starts neither a server nor an engine, and a bad command nothing at all."""
    then = "main(); print(*sorted(sys.modules), sep='\\n', file=sys.stderr)"
    options = {"init": ["--output", "-"], "config": ["schema"], "follow": ["--help"], "version": []}
    arguments = [name, *options[name]]
    done = subprocess.run(
        [sys.executable, "-c", PROBE.format(arguments=arguments, then=then)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    heavy = {"flask", "gevent", "grpc", "gunicorn", "numba", "numpy", "pyarrow"}
    assert set() == heavy & set(done.stderr.split())
