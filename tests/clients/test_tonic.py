"""The page's Rust sample compiles with tonic, as printed, and prints its thousand entries."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.clients.tools import cache, run, tool
from tests.contract import page
from tests.server import ROOT

if TYPE_CHECKING:
    from tests.server import Server

CRATE = Path(__file__).parent / "tonic"
BUILDS_WITHIN = 900.0
OLDEST = (1, 85)
"""The cargo that the locked packages need."""

ENTRY = re.compile(r'Entry: "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"')


def recent_cargo() -> str:
    """Find a cargo that is recent enough, or skip."""
    cargo = tool("cargo", "rustup, or the Debian package cargo-web")
    version = re.search(r"(\d+)\.(\d+)", run(cargo, "--version").stdout)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        found = version[0] if version else "of no version"
        pytest.skip(f"cargo is {found}; the locked packages need {'.'.join(map(str, OLDEST))}")
    return cargo


def protoc(folder: Path) -> Path:
    """Make a program out of the compiler that comes with grpcio-tools."""
    script = folder / "protoc"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m grpc_tools.protoc "$@"\n')
    script.chmod(0o755)
    return script


def test_the_program_is_the_page_s() -> None:
    """Before the sample stands what the page leaves out, and nothing after it."""
    before, printed, after = (CRATE / "src" / "main.rs").read_text().partition(page.text("client.rs.txt"))

    assert printed
    assert not after
    assert 6 >= len(before.splitlines())


@pytest.mark.timeout(BUILDS_WITHIN + 60)
def test_the_rust_sample_compiles_and_runs(server: Server, tmp_path: Path) -> None:
    """Nothing of it is changed but the port."""
    cargo = recent_cargo()
    crate = tmp_path / "sample"
    shutil.copytree(CRATE, crate, ignore=shutil.ignore_patterns("target"))
    main = crate / "src" / "main.rs"
    main.write_text(page.on(server, main.read_text()))
    environment = {
        "CARGO_TARGET_DIR": str(cache("tonic")),
        "PROTOC": str(protoc(tmp_path)),
        "SYNTH_PROTOS": str(ROOT / "protos"),
    }
    built = run(cargo, "build", "--locked", environment=environment, folder=crate, patience=BUILDS_WITHIN)
    assert built.returncode == 0, built.stderr
    done = run(cache("tonic") / "debug" / "page-sample")

    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert 1_000 == len(set(lines))
    assert [] == [line for line in lines if not ENTRY.fullmatch(line)]
