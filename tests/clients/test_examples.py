"""The programs of ``examples/`` run as its README says and print what it shows, also if connections break."""

from __future__ import annotations

import os
import re
import shlex
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests import documents
from tests.clients.tools import cache, run, tool
from tests.contract.page import on
from tests.e2e.cutting_proxy import cutting
from tests.server import ROOT

if TYPE_CHECKING:
    from tests.server import Server

FOLDER = ROOT / "examples"
PAGE = FOLDER / "README.md"
ACCEPTED = os.environ.get("DATASYNTH_GOLDEN") == "write"
"""Whether the README gets what was printed (`make golden`) instead of being compared with it."""

BUILDS_WITHIN = 900.0
TOOLS = {
    "node": ("the package nodejs", "--version"),
    "go": ("the package golang-go", "version"),
    "cargo": ("rustup, or the Debian package cargo-web", "--version"),
}


class Example(NamedTuple):
    """A command of the README, and what it prints."""

    command: str
    printed: str

    @property
    def program(self) -> str:
        """What is run."""
        return self.command.partition(" ")[0]


def examples() -> list[Example]:
    """Each command that has an output; it is the last line of its block."""
    blocks = documents.blocks(PAGE)
    return [
        Example(block.splitlines()[-1], output)
        for (language, block), (following, output) in pairwise(blocks)
        if (language, following) == ("sh", "output")
    ]


def oldest(program: str) -> tuple[int, ...]:
    """The version that an example says it needs."""
    place, pattern = {
        "node": ("node/package.json", r'"node": ">=([\d.]+)"'),
        "go": ("go/go.mod", r"^go ([\d.]+)$"),
        "cargo": ("rust/Cargo.toml", r'^rust-version = "([\d.]+)"'),
    }[program]
    found = re.search(pattern, (FOLDER / place).read_text(), re.MULTILINE)
    assert found is not None
    return tuple(map(int, found[1].split(".")))


def found(program: str) -> str:
    """Find what runs an example, or skip where it is missing or too old."""
    if program == "python":
        return sys.executable
    how, flag = TOOLS[program]
    path = tool(program, how)
    printed = run(path, flag).stdout
    version = re.search(r"\d+(?:\.\d+)+", printed)
    if version is None or tuple(map(int, version[0].split("."))) < oldest(program):
        pytest.skip(f"{program} is too old for the example: {printed.strip()}")
    if program == "node" and not (FOLDER / "node" / "node_modules").is_dir():
        pytest.skip("the packages of the example are not installed (npm ci --prefix examples/node)")
    return path


def output(command: str) -> str:
    """Run a command of the README in the top folder; what it printed."""
    program, *words = shlex.split(command)
    environment = {
        "CARGO_TARGET_DIR": str(cache("rust-example")),
        # An older go would fetch a newer one.
        "GOTOOLCHAIN": "local",
        "PYTHONPATH": str(ROOT),
    }
    done = run(found(program), *words, environment=environment, folder=ROOT, patience=BUILDS_WITHIN)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.golden
@pytest.mark.timeout(BUILDS_WITHIN + 60)
@pytest.mark.parametrize("example", examples(), ids=lambda example: example.command)
def test_output_is_that_of_the_readme(server: Server, example: Example) -> None:
    """The command runs as printed, but for the ports, and prints what stands below it."""
    printed = output(on(server, example.command))
    if ACCEPTED:
        block = f"{example.command}\n```\n\n```output\n"
        PAGE.write_text(PAGE.read_text().replace(f"{block}{example.printed}```", f"{block}{printed}```"))
        return

    assert example.printed == printed


@pytest.mark.timeout(BUILDS_WITHIN + 60)
@pytest.mark.parametrize(
    "example",
    [example for example in examples() if example.program in TOOLS],
    ids=lambda example: example.command,
)
def test_a_broken_connection_costs_nothing(server: Server, example: Example) -> None:
    """Connections that are cut, again and again, leave no trace in what is printed."""
    port = server.grpc_port if "50051" in example.command else server.port
    with cutting(port, 40_000, 20_000, 60_000, None) as proxy:
        address = f"127.0.0.1:{proxy.port}"
        printed = output(re.sub(r"localhost:\d+", address, example.command))
        cuts = proxy.cuts

    assert cuts >= 2
    assert example.printed == printed


@pytest.mark.timeout(BUILDS_WITHIN + 60)
def test_generated_go_is_current(tmp_path: Path) -> None:
    """What is stored is what the proto gives, whichever compiler made it."""
    environment = {
        "GOTOOLCHAIN": "local",
        "PATH": f"{Path(found('go')).parent}{os.pathsep}{os.environ['PATH']}",
        "PROTOC": f"{sys.executable} -m grpc_tools.protoc",
    }
    program = FOLDER / "go" / "generate.sh"
    done = run(program, tmp_path, environment=environment, patience=BUILDS_WITHIN)
    assert done.returncode == 0, done.stderr
    for name in ("synth.pb.go", "synth_grpc.pb.go"):
        stored, made = (
            re.sub(r"^// (\t|- )protoc  .*\n", "", file.read_text(), flags=re.MULTILINE)
            for file in (FOLDER / "go" / "synth" / name, tmp_path / name)
        )
        assert stored == made


def test_every_example_is_in_the_readme() -> None:
    """Each program of the folder is named, and each folder has a section."""
    text = PAGE.read_text()
    programs = [path for path in FOLDER.iterdir() if path.suffix in {".py", ".ipynb"}]
    folders = [path for path in FOLDER.iterdir() if path.is_dir() and path.name != "__pycache__"]

    assert [] == [path.name for path in programs if f"[`{path.name}`]" not in text]
    assert [] == [path.name for path in folders if f"\n## {path.name.title()}\n" not in text]
