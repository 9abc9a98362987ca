"""``datasynth generate`` as users start it, beside a real server."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import termios
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import requests

from datasynth.config import load_config_file
from tests.e2e.programs import eventually
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

COUNT, SEED = 5_000, 7
GENERATE = [sys.executable, "-m", "datasynth", "generate"]
ENDS_WITHIN = 50
CHANGED = {"global": {"seed": SEED}, "transactions": {"target_count": COUNT}}


def _generate(folder: Path, *flags: str) -> subprocess.CompletedProcess[str]:
    command = [*GENERATE, str(folder), *flags]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False)


def _answer(server: Server, call: str, **query: str | int) -> requests.Response:
    answer = requests.get(f"{server.base_url}/api/{call}", params=query, timeout=ENDS_WITHIN)
    answer.raise_for_status()
    return answer


def _open_items(server: Server, **query: str | int) -> bytes:
    """All pages as one file."""
    page = _answer(server, "open-items", format="csv", limit=10_000, **query)
    pages = [page.content]
    while "X-Next-Cursor" in page.headers:
        query["cursor"] = page.headers["X-Next-Cursor"]
        page = _answer(server, "open-items", format="csv", limit=10_000, **query)
        pages.append(page.content.partition(b"\n")[2])
    return b"".join(pages)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data set."""
    folder = tmp_path_factory.mktemp("data") / "set"
    done = _generate(folder, "--count", str(COUNT), "--seed", str(SEED), "--worker-threads", "3")
    assert (0, "") == (done.returncode, done.stderr)
    return folder


def test_the_files_are_the_server_s_answers(server: Server, folder: Path) -> None:
    """Byte for byte, the files are what the server answers for the same configuration."""
    requests.post(f"{server.base_url}/api/config", json=CHANGED, timeout=ENDS_WITHIN).raise_for_status()
    expected = {
        f"{call}.csv": _answer(server, call, format="csv").content
        for call in ("accounts", "parties", "users", "balances")
    }
    expected["entries.ndjson"] = _answer(server, "entries", view="document").content
    expected["open-items.csv"] = _open_items(server)
    expected["open-items-opening.csv"] = _open_items(server, at=0)
    found = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "config.yaml"}

    assert sorted(expected) == sorted(found)
    assert [] == [name for name in expected if expected[name] != found[name]]


def test_the_configuration_makes_the_same_again(folder: Path, tmp_path: Path) -> None:
    """From its own config.yaml, on another number of threads, the data set comes out the same."""
    done = _generate(tmp_path, "--config", str(folder / "config.yaml"), "--worker-threads", "1")
    config = load_config_file(tmp_path / "config.yaml").config

    assert done.returncode == 0
    assert (SEED, COUNT) == (config.general.seed, config.transactions.target_count)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in tmp_path.iterdir()
    }


@contextmanager
def _begun(folder: Path, *flags: str) -> Iterator[subprocess.Popen[bytes]]:
    """A run that has written some entries and is far from its end."""
    # What runs in the background of a script has interrupts ignored, and passes that on.
    command = ["env", "--default-signal=INT", *GENERATE, str(folder), "--count", "50000000", *flags]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            assert eventually(
                lambda: any(path.stat().st_size for path in folder.glob("entries.ndjson.*.partial")),
                within=ENDS_WITHIN,
            )
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_leaves_nothing(tmp_path: Path, number: signal.Signals, status: int) -> None:
    """What ends it in the middle, Control-C included, is its status, and no file of it stays."""
    folder = tmp_path / "new" / "set"
    with _begun(folder) as process:
        process.send_signal(number)
        printed, _ = process.communicate(timeout=ENDS_WITHIN)

    assert (status, b"") == (process.returncode, printed)
    assert [] == list(tmp_path.iterdir())


def test_one_folder_one_run(tmp_path: Path) -> None:
    """A second run into a folder that is being written ends at once; after a kill the folder is free."""
    folder = tmp_path / "set"
    with _begun(folder) as process:
        second = _generate(folder, "--count", "5", "--force")
        names = [path.name for path in folder.iterdir()]
        process.kill()
        process.wait(ENDS_WITHIN)
    left = list(folder.iterdir())
    third = _generate(folder, "--count", "5")

    line = f"datasynth: {folder}: Another run is writing into this folder\n"
    assert (2, "", line) == (second.returncode, second.stdout, second.stderr)
    assert len(names) == len(left) == len([name for name in names if name.endswith((".partial", ".yaml"))])
    assert (0, "") == (third.returncode, third.stderr)
    assert 8 == len(list(folder.iterdir()))
    assert 5 == (folder / "entries.ndjson").read_bytes().count(b"\n")


def test_standard_output_has_the_entries(folder: Path) -> None:
    """With `-` the bytes of entries.ndjson go to standard output, and nothing else."""
    command = [*GENERATE, "-", "--count", str(COUNT), "--seed", str(SEED)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=ENDS_WITHIN, check=False)

    assert (0, b"") == (done.returncode, done.stderr)
    assert (folder / "entries.ndjson").read_bytes() == done.stdout


def test_standard_output_as_csv_is_the_server_s(server: Server) -> None:
    """The same bytes come from a server, header row included."""
    patch = {**CHANGED, "transactions": {"target_count": 300}}
    requests.post(f"{server.base_url}/api/config", json=patch, timeout=ENDS_WITHIN).raise_for_status()
    command = [*GENERATE, "-", "--count", "300", "--seed", str(SEED), "--format", "csv"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=ENDS_WITHIN, check=False)

    assert _answer(server, "entries", format="csv").content == done.stdout


def test_head_ends_it(tmp_path: Path) -> None:
    """In a pipe whose reader has what it wanted it ends like any filter, and says nothing."""
    script = (
        f'"{sys.executable}" -m datasynth generate - --count 50000000 | head -n 1; echo ${{PIPESTATUS[0]}}'
    )
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False
    )
    entry, status = done.stdout.splitlines()

    assert ("141", "") == (status, done.stderr)
    assert 0 == json.loads(entry)["sequence"]
    assert [] == list(tmp_path.iterdir())


def test_no_room_leaves_nothing(tmp_path: Path) -> None:
    """Where a file cannot grow any more, one line names it, and no file of the run stays."""
    folder = tmp_path / "set"
    # No file of this shell may become larger than 200 kB; a full disk fails in the same way.
    script = f'ulimit -f 200; exec "{sys.executable}" -m datasynth generate "{folder}" --count 5000'
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False
    )

    line = f"datasynth: {folder / 'entries.ndjson'}: File too large\n"
    assert (2, "", line) == (done.returncode, done.stdout, done.stderr)
    assert not folder.exists()


@pytest.mark.parametrize("closed", ["0<&-", "1>&-", "2>&-"])
def test_closed_standard_files_take_no_data(tmp_path: Path, closed: str) -> None:
    """Without standard files the data set is written all the same; to a closed one `-` cannot write."""
    command = f'"{sys.executable}" -m datasynth generate'
    script = f'{command} "{tmp_path}/set" --count 20 {closed}; {command} - --count 20 1>&-'
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=ENDS_WITHIN, check=False
    )

    assert 20 == (tmp_path / "set" / "entries.ndjson").read_bytes().count(b"\n")
    assert (2, "datasynth: standard output: Bad file descriptor\n") == (done.returncode, done.stderr)


def test_a_terminal_sees_progress(tmp_path: Path) -> None:
    """On a terminal a bar shows how far it is; elsewhere nothing is said while all is well."""
    controller, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 100))
    command = [*GENERATE, str(tmp_path / "set"), "--count", "3000"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        shown = b""
        try:
            while part := os.read(controller, 4096):
                shown += part
        except OSError:
            # Linux reports the end of a terminal as an error.
            pass
    os.close(controller)

    assert process.returncode == 0
    assert b"100%" in shown
    assert b"3.00k/3.00k" in shown
