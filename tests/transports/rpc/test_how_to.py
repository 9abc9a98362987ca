"""The page about clients: its command and its programs run as printed, each as a process of its own."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.transports.rpc.harness import Served

pytestmark = pytest.mark.server

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "how-to" / "grpc-client.md").read_text()
PRINTED_ADDRESS = "localhost:50051"
PROGRAMS = re.findall(r"^```py\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
EXPECTED = {
    "Read entries": r"(\d{4}-\d\d-\d\d 1000 [0-9a-f-]{36}\n    .*1100 .* 0\.00\n    .*4000 .*\n){1000}",
    "Go on after a lost connection": r"1000 entries\n",
    "Read slowly": r"([0-9a-f-]{36}: read on\? ){3}",
    "Send a key": r"(.*\n)*  target_count: \d+\n(.*\n)*",
    "Understand a failure": r"INVALID_ARGUMENT invalid_configuration\ntransactions\.target_count \['.*'\]\n",
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the modules that the page's command has generated."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "protos").symlink_to(ROOT / "protos")
    (command,) = re.findall(r"^python (-m grpc_tools\.protoc .*)$", PAGE, re.MULTILINE)
    subprocess.run([sys.executable, *shlex.split(command)], cwd=folder, check=True, timeout=30)
    return folder


@pytest.mark.parametrize(
    ("heading", "program"), list(zip(EXPECTED, PROGRAMS, strict=True)), ids=list(EXPECTED)
)
def test_a_printed_client_works(
    serve: Callable[..., Served], generated: Path, heading: str, program: str
) -> None:
    """A program does what its section says, for the key that it sends, and leaves the server as it was."""
    served = serve(api_keys=("your-api-key",) if "x-api-key" in program else ())
    before = served.services.config_store.document.config
    assert PRINTED_ADDRESS in program

    done = subprocess.run(
        [sys.executable, "-c", program.replace(PRINTED_ADDRESS, served.target)],
        cwd=generated,
        input="\n" * 3,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(EXPECTED[heading], done.stdout), done.stdout[:2_000]
    assert before == served.services.config_store.document.config


def test_programs_stand_below_the_headings_that_name_them() -> None:
    """The list of this test is the page's."""
    sections = re.split(r"^## ", PAGE, flags=re.MULTILINE)

    assert list(EXPECTED) == [section.splitlines()[0] for section in sections if "```py\n" in section]
