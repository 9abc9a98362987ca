"""The page's proto as printed, compiled on the spot, against a real server under both service names."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import resources
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import requests
from grpc_tools import protoc

from tests.contract import page
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

ENTRIES = 1_000
USED_BUT_NOT_PRINTED = "message Empty {}\nmessage Status { bool success = 1; string message = 2; }\n"


def compiled(service: str, folder: Path) -> None:
    """Compile the page's proto with its service under a name, and the two messages that it lacks."""
    printed = page.text("synth.proto.txt").replace("service SynthService", f"service {service}")
    (folder / "synth.proto").write_text(printed + USED_BUT_NOT_PRINTED)
    well_known = resources.files("grpc_tools") / "_proto"
    arguments = [f"-I{folder}", f"-I{well_known}", f"--python_out={folder}", f"--grpc_python_out={folder}"]
    assert protoc.main(["protoc", *arguments, str(folder / "synth.proto")]) == 0


@pytest.fixture(scope="module", params=["SynthService", "Synth"])
def answers(
    request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """What the client of the page got from each of its calls."""
    folder = tmp_path_factory.mktemp("proto")
    compiled(request.param, folder)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.contract.grpc_program",
            folder,
            server.grpc_target,
            request.param,
            str(ENTRIES),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    decoded: dict[str, Any] = json.loads(done.stdout)
    return decoded


def test_get_config_is_yaml(answers: dict[str, Any]) -> None:
    """The configuration comes as the YAML spelling of the document."""
    assert "target_count:" in answers["yaml"]
    assert "industry: manufacturing" in answers["yaml"]


def test_set_config_merges(answers: dict[str, Any], server: Server) -> None:
    """What gRPC sets, REST shows."""
    assert answers["accepted"] is True
    config = requests.get(f"{server.base_url}/api/config", timeout=10).json()
    assert config["transactions"]["target_count"] == 4321


def test_entries_have_the_printed_fields(answers: dict[str, Any]) -> None:
    """Exactly as many entries as asked for, each with all its fields and at least two lines."""
    entries = answers["entries"]

    assert ENTRIES == len(entries)
    assert ENTRIES == len({UUID(entry["document_id"]) for entry in entries})
    assert {"1000"} == {entry["company_code"] for entry in entries}
    assert all(re.fullmatch(r"2024-\d\d-\d\d", entry["posting_date"]) for entry in entries)
    assert all(len(entry["lines"]) >= 2 for entry in entries)


def test_entries_balance(answers: dict[str, Any]) -> None:
    """Debits equal credits, in whole minor units."""
    totals = [
        sum(int(debit.replace(".", "")) - int(credit.replace(".", "")) for _, debit, credit in entry["lines"])
        for entry in answers["entries"]
    ]

    assert {0} == set(totals)


def test_stop_generation_succeeds(answers: dict[str, Any]) -> None:
    """Stopping when nothing runs is a success, too."""
    assert answers["stopped"] is True
