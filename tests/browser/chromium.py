"""Chromium without a window, and the web servers that its pages come from."""

from __future__ import annotations

import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

from tests.server import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW = "the packages chromium and chromium-driver"

STRANGE_HOST = "evil.example"
"""A name that the browser is made to believe to be this machine's, as after DNS rebinding."""

POLL = 0.1
"""How often it is looked at meanwhile. [s]"""

HAPPENS_WITHIN = 40.0
"""How long a page may take to show what a test waits for. [s]"""


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *_: object) -> None:
        """Say nothing."""


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run a browser with a profile of its own; without Chromium a test is skipped."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    if program is None or driver is None:
        pytest.skip(f"{'chromium' if program is None else 'chromedriver'} is not installed ({HOW})")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        f"--host-resolver-rules=MAP {STRANGE_HOST} {LOOPBACK}, MAP *.{STRANGE_HOST} {LOOPBACK}",
    ):
        options.add_argument(flag)
    # What a page writes to its console is kept for the test.
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()


@contextmanager
def folder_served(folder: Path) -> Iterator[int]:
    """Serve the files of a folder on this machine for as long as the block takes; the port."""
    with ThreadingHTTPServer((LOOPBACK, 0), partial(_Silent, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def text(browser: Chrome, element: str) -> str:
    """What an element of the page, known by its id, shows."""
    return browser.find_element("id", element).text


def wait(browser: Chrome, happened: Callable[[Chrome], object]) -> None:
    """Look at the page again and again until something has happened.

    Raises
    ------
    selenium.common.exceptions.TimeoutException
        It has not, for a long time.
    """
    WebDriverWait(browser, HAPPENS_WITHIN, POLL).until(happened)
