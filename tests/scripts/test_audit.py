"""The audit of dependencies: findings, none, and no data."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from scripts import audit
from tests.server import LOOPBACK, free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLEAN = {"name": "flask", "version": "3.1.3", "vulns": []}
FAULTY = {
    "name": "gunicorn",
    "version": "20.0.0",
    "vulns": [{"id": "PYSEC-1", "fix_versions": ["22.0.0"]}, {"id": "PYSEC-2", "fix_versions": []}],
}
SKIPPED = {"name": "numpy", "skip_reason": "Dependency not found on the index"}
PIN = "flask==3.1.3 --hash=sha256:" + "0" * 64 + "\n"


UNREACHABLE = "NOT AUDITED: the data on vulnerabilities could not be reached"
SOME_UNREACHABLE = "NOT AUDITED: 1 of 2 packages; their data could not be reached"


def report(*dependencies: object) -> audit.Outcome:
    """What pip-audit prints of dependencies."""
    return audit.Outcome(json.dumps({"dependencies": dependencies, "fixes": []}), "No known vulnerabilities")


@pytest.mark.parametrize(
    ("outcome", "status", "lines"),
    [
        (report(CLEAN), 0, ["0 known vulnerabilities in 1 packages."]),
        (
            report(CLEAN, FAULTY),
            audit.FOUND,
            [
                "gunicorn 20.0.0: PYSEC-1, mended in 22.0.0",
                "gunicorn 20.0.0: PYSEC-2, mended in –",
                "2 known vulnerabilities in 2 packages.",
            ],
        ),
        (
            report(SKIPPED, CLEAN),
            0,
            [
                "0 known vulnerabilities in 1 packages.",
                f"{SOME_UNREACHABLE} (Dependency not found on the index).",
            ],
        ),
        (
            report(SKIPPED),
            0,
            [
                f"{SOME_UNREACHABLE.replace('of 2', 'of 1')} (Dependency not found on the index).",
            ],
        ),
        (
            audit.Outcome("", "Traceback …\nrequests.exceptions.ProxyError: refused"),
            0,
            [f"{UNREACHABLE} (requests.exceptions.ProxyError: refused)."],
        ),
        (
            audit.Outcome("", "Traceback …\npip_audit._service.interface.ServiceError"),
            0,
            [f"{UNREACHABLE} (pip_audit._service.interface.ServiceError)."],
        ),
        (
            audit.Outcome("", "ERROR: flask==3.1.3 does not contain a hash\n"),
            audit.BROKEN,
            ["The audit itself has failed: ERROR: flask==3.1.3 does not contain a hash"],
        ),
        (audit.Outcome("[]", ""), audit.BROKEN, ["The audit itself has failed: it said nothing"]),
    ],
)
def test_a_finding_fails_and_missing_data_are_told(
    outcome: audit.Outcome, status: int, lines: list[str]
) -> None:
    """Nothing found and nothing looked up do not look alike, and an audit that is broken is no pass."""
    assert audit.Verdict(status, lines) == audit.judge(outcome)


def test_a_finding_fails_though_other_data_are_missing() -> None:
    """What is known is enough to fail."""
    assert audit.FOUND == audit.judge(report(SKIPPED, FAULTY)).status


@contextmanager
def vulnerabilities(*known: object) -> Iterator[str]:
    """Serve vulnerabilities of whatever is asked for, in the form of OSV; the address."""

    class Osv(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps({"vulns": known} if known else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Osv) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://{LOOPBACK}:{server.server_port}/v1/query"
        server.shutdown()


@pytest.fixture
def pins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Arguments that name one pinned package, and a service of the form of OSV."""
    monkeypatch.setenv("NO_PROXY", LOOPBACK)
    file = tmp_path / "requirements.txt"
    file.write_text(PIN)
    return ["-r", str(file), "-s", "osv", "--osv-url"]


def test_the_tool_finds_what_its_service_knows(pins: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The real pip-audit, asked about one package, reports the one vulnerability that is known of it."""
    known = {
        "id": "PYSEC-1",
        "affected": [
            {
                "package": {"name": "flask", "ecosystem": "PyPI"},
                "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.0"}]}],
            }
        ],
    }
    with vulnerabilities(known) as address:
        status = audit.main([*pins, address])

    assert status == audit.FOUND
    assert "flask 3.1.3: PYSEC-1, mended in 9.0" in capsys.readouterr().out


def test_the_tool_finds_nothing(pins: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The real pip-audit passes what nothing is known of."""
    with vulnerabilities() as address:
        status = audit.main([*pins, address])

    assert (0, "0 known vulnerabilities in 1 packages.\n") == (status, capsys.readouterr().out)


def test_a_service_that_is_not_there_is_told(pins: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """With nobody behind the address the audit passes, and says that it did not take place."""
    [port] = free_ports(1)
    status = audit.main([*pins, f"http://{LOOPBACK}:{port}/v1/query"])

    assert status == 0
    assert capsys.readouterr().out.startswith(UNREACHABLE)
