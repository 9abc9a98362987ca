"""A real browser without a window, and the web server that its pages come from."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import subprocess
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from tests.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
STRANGE_HOST = "evil.example"
"""A name that the browser is made to believe to be this machine's, as after DNS rebinding."""

REPORTS_WITHIN = 40.0


def chromium() -> str:
    """The program; without it a test is skipped."""
    for name in NAMES:
        if program := shutil.which(name):
            return program
    return pytest.skip("chromium is not installed, and is the browser of these tests")


class Pages:
    """A web server of one page, which tells it what it has found out.

    Parameters
    ----------
    html
        The page, at every path.
    """

    def __init__(self, html: str) -> None:
        reports: queue.Queue[str] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(html.encode())

            def do_POST(self) -> None:
                reports.put(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(b"")

            def log_message(self, *_: object) -> None:
                """Say nothing."""

            def _answer(self, body: bytes) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        self._reports = reports
        self._server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self.port = self._server.server_address[1]

    def report(self) -> str:
        """Wait for what the page posts to its own server.

        Raises
        ------
        queue.Empty
            It was silent for too long.
        """
        return self._reports.get(timeout=REPORTS_WITHIN)

    def start(self) -> None:
        """Serve."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no longer."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@contextmanager
def pages(html: str) -> Iterator[Pages]:
    """Serve a page for as long as the block takes."""
    served = Pages(html)
    served.start()
    try:
        yield served
    finally:
        served.stop()


@contextmanager
def browsing(url: str, profile: Path) -> Iterator[None]:
    """Show a page for as long as the block takes.

    Parameters
    ----------
    url
        Of the page.
    profile
        An empty folder for the browser's files.
    """
    process = subprocess.Popen(
        [*_command(profile), "--remote-debugging-port=0", url],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield
    finally:
        # A browser is many processes, all of this group.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def shown(url: str, profile: Path) -> str:
    """What a browser makes of an address that somebody has typed."""
    done = subprocess.run(
        [*_command(profile), "--dump-dom", url],
        capture_output=True,
        text=True,
        timeout=REPORTS_WITHIN,
        check=False,
    )
    return done.stdout


def _command(profile: Path) -> list[str]:
    return [
        chromium(),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        f"--user-data-dir={profile}",
        f"--host-resolver-rules=MAP {STRANGE_HOST} {LOOPBACK}, MAP *.{STRANGE_HOST} {LOOPBACK}",
    ]
