"""Wheel and source distribution, installed far from the checkout and used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import pytest

from datasynth import __version__
from tests.e2e.programs import http_address
from tests.server import ROOT, Server

if TYPE_CHECKING:
    from pathlib import Path

# Packages are installed and kernels compiled.
pytestmark = pytest.mark.timeout(900)

READY_WITHIN = 300.0
DATA = (".yaml", ".toml", ".pyi", "py.typed")
PAGES = ("datasynth/transports/documents/pages/", "datasynth/transports/rest/pages/files/")
"""Folders of what browsers get."""

PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check")


class Built(NamedTuple):
    """What was built: wheel, source distribution, and the wheel of that."""

    wheel: Path
    source: Path
    again: Path


def _run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**_environment(), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done


def _environment() -> dict[str, str]:
    ours = ("DATASYNTH_", "PYTHON", "VIRTUAL_ENV")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _sources() -> list[str]:
    listed = _run("git", "ls-files", "--cached", "--others", "--exclude-standard", folder=ROOT).stdout
    return [name for name in listed.splitlines() if (ROOT / name).is_file()]


def _wheel(of: Path, folder: Path) -> Path:
    folder.mkdir()
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder)]
    _run(sys.executable, *PIP, "wheel", *options, of, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Both distributions of a copy of the checkout, since building leaves files behind."""
    folder = tmp_path_factory.mktemp("built")
    copy = folder / "copy"
    for name in _sources():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    program = f"from setuptools import build_meta; build_meta.build_sdist({str(folder)!r})"
    _run(sys.executable, "-c", program, folder=copy)
    (source,) = folder.glob("*.tar.gz")
    return Built(_wheel(copy, folder / "wheel"), source, _wheel(source, folder / "again"))


@pytest.fixture(scope="module")
def installed(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel and what a server runs on."""
    folder = tmp_path_factory.mktemp("installed")
    _run(sys.executable, "-m", "venv", "environment", folder=folder)
    programs = folder / "environment" / "bin"
    pip = (programs / "python", *PIP, "install", "--no-compile")
    _run(*pip, "--require-hashes", "-r", ROOT / "requirements.txt", folder=folder)
    _run(*pip, "--no-deps", "--no-index", built.wheel, folder=folder)
    return programs


def _files(wheel: Path) -> dict[str, int]:
    """Names in a wheel, each with the checksum of what it says."""
    with zipfile.ZipFile(wheel) as archive:
        return {one.filename: one.CRC for one in archive.infolist() if not one.filename.endswith("RECORD")}


def test_wheel_has_what_the_program_reads_and_nothing_else(built: Built) -> None:
    """Every module and data file of both packages, the proto, and neither tests nor benchmarks."""
    names = _files(built.wheel).keys()
    wanted = {
        name
        for name in _sources()
        if (name.startswith(("datasynth/", "pyspark_datasynth/")) and name.endswith((".py", *DATA)))
        or name.startswith(PAGES)
    }
    others = {name for name in names - wanted if ".dist-info/" not in name}

    assert set() == wanted - names
    assert {f"datasynth-{__version__}.data/data/share/datasynth/synth.proto"} == others


def test_source_distribution_makes_the_same_wheel(built: Built) -> None:
    """Installing from source gives the same files, byte for byte, and tests are left at home."""
    with tarfile.open(built.source) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    assert _files(built.wheel) == _files(built.again)
    assert {"LICENSE", "README.md", "pyproject.toml", "protos/synth.proto"} <= names
    assert [] == [name for name in names if name.startswith(("tests/", "bench/"))]


def test_what_is_installed_is_complete(installed: Path, tmp_path: Path) -> None:
    """No package is missing or of a wrong version, and the development packages are not needed."""
    _run(installed / "python", *PIP, "check", folder=tmp_path)
    # Quiet, it lists nothing.
    listed = _run(installed / "python", "-m", "pip", "list", "--format=json", folder=tmp_path).stdout
    names = {one["name"].lower() for one in json.loads(listed)}

    assert {"datasynth", "numba", "pyarrow"} <= names
    assert set() == {"pytest", "mypy", "ruff", "hypothesis"} & names


def test_commands_work_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    """`version`, `generate` to standard output and into a folder, and `verify` of that folder."""
    datasynth = installed / "datasynth"
    version = _run(datasynth, "version", folder=tmp_path).stdout
    lines = _run(datasynth, "generate", "--count", "1000", "-", folder=tmp_path).stdout.splitlines()
    _run(datasynth, "generate", "--count", "1000", "--quiet", "set", folder=tmp_path)
    _run(datasynth, "verify", "set", folder=tmp_path)

    assert __version__ in version
    assert 1000 == len({json.loads(line)["document_id"] for line in lines})


def test_server_serves_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    """A server of the installed program answers as the one of the checkout does."""
    command = ["env", f"--chdir={tmp_path}", str(installed / "datasynth"), "serve"]
    server = Server(command, {})
    try:
        assert server.wait_for_line("is ready:", timeout=READY_WITHIN), server.log
        address = f"{http_address(server)}/api/entries?count=10"
        with urllib.request.urlopen(address) as answer:
            entries = {json.loads(line)["sequence"] for line in answer}
    finally:
        status = server.stop()

    assert (set(range(10)), 0) == (entries, status)
