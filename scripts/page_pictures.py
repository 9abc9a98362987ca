"""``make pictures``: the live page and the page of calls as pictures for the documentation.

Needs the packages chromium and chromium-driver.
"""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from selenium.webdriver.support.ui import WebDriverWait

from bench.browser import chromium
from bench.servers import HOST, free_ports, running

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
COUNT, RATE = 40_000, 4_000
PHONE_WIDTH = 500
"""Below this a window is a phone's. [px]"""

SHOWN_WITHIN = 60.0
FILLED = """
return parseFloat(document.getElementById("percent").textContent) >= 60
  && document.querySelectorAll("#entries .entry").length > 2
  && document.getElementById("trial").textContent.startsWith("0.00")
"""
"""More than half of the stream is through, and every panel shows something."""

READY = "return document.getElementById('server-text').textContent === 'connected'"

DRAWN = "return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"

CAUGHT_UP = """
const current = document.getElementById("current").textContent;
return document.getElementById("trial").textContent.includes(`after ${current} entries`);
"""
"""The figures are of where the stream stands."""

CALLS = "return document.querySelectorAll('.opblock').length > 5"

LOOKS = (
    ("page-light", "/", 1440, 1320, "light"),
    ("page-dark", "/", 1440, 1320, "dark"),
    ("page-tablet", "/", 768, 1200, "light"),
    ("page-phone", "/", 360, 1100, "dark"),
    ("docs-page", "/docs", 1440, 1000, "light"),
)
"""Name, path, width and height in pixels, colour scheme."""


def main() -> int:
    """Take every picture anew."""
    PICTURES.mkdir(exist_ok=True)
    port, rpc = free_ports(2)
    server = ("app.py", "--port", str(port), "--grpc-port", str(rpc), "--log-level", "error")
    with running(server, port, "/ready"), chromium() as browser:
        address = f"http://{HOST}:{port}"
        _resize(browser, 1440, 900, "light")
        browser.get(address)
        _wait(browser, READY)
        for field, value in (("count", COUNT), ("rate", RATE)):
            browser.find_element("id", field).clear()
            browser.find_element("id", field).send_keys(str(value))
        browser.find_element("id", "start-button").click()
        _wait(browser, FILLED)
        requests.post(f"{address}/api/stream/pause", timeout=20).raise_for_status()
        _wait(browser, CAUGHT_UP)
        for name, path, width, height, scheme in LOOKS:
            _resize(browser, width, height, scheme)
            if path != "/":
                browser.get(address + path)
                _wait(browser, CALLS)
            # Charts are drawn anew in the new size.
            _wait(browser, DRAWN)
            _take(browser, PICTURES / f"{name}.png")
    return 0


def _resize(browser: Chrome, width: int, height: int, scheme: str) -> None:
    """Give the window a size and a colour scheme."""
    size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < PHONE_WIDTH}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)


def _wait(browser: Chrome, shown: str) -> None:
    WebDriverWait(browser, SHOWN_WITHIN).until(lambda page: page.execute_script(shown))


def _take(browser: Chrome, file: Path) -> None:
    taken = browser.execute_cdp_cmd("Page.captureScreenshot", {"format": "png"})
    file.write_bytes(base64.b64decode(taken["data"]))


if __name__ == "__main__":
    sys.exit(main())
