"""How soon the live page is seen, and how busy it keeps the browser while a million events a second flow."""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import requests

from bench.browser import chromium, installed
from bench.servers import ANSWERS_WITHIN, HOST, BenchError, free_ports, read, running
from bench.tables import Figure, Table, rate, seconds

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

LOADS = 7
"""Loads of each kind; the median counts."""

WATCHED = 10.0
"""How long the page is watched while a stream runs. [s]"""

COUNT = 100_000_000
RATE = 220_000
"""Entries a second: with 4.7 lines each, a million events."""

PAINTED = """
const paints = performance.getEntriesByName("first-contentful-paint");
return paints.length ? paints[0].startTime : null;
"""


def measure(_: float) -> list[Table]:
    """Measure both, in one browser without a window."""
    if not installed():
        print("page: install the packages chromium and chromium-driver")
        return []
    port, rpc = free_ports(2)
    server = (
        "app.py",
        "--port",
        str(port),
        "--grpc-port",
        str(rpc),
        "--log-level",
        "error",
        "--rate-limit",
        "0",
    )
    with running(server, port, "/ready"), chromium() as browser:
        address = f"http://{HOST}:{port}"
        cold, warm = (_first_paint(browser, address, cached=cached) for cached in (False, True))
        idle, events = _idle(browser, address, port)
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...] = (
        ("first paint, nothing cached", (seconds(cold), None)),
        ("first paint, files cached", (seconds(warm), None)),
        ("main thread idle while a stream runs", (Figure(idle, "×"), rate(events))),
    )
    return [
        Table(
            "page", "The page at / in Chromium, on loopback", ("", "", "events/s to a reader beside it"), rows
        )
    ]


def _first_paint(browser: Chrome, address: str, *, cached: bool) -> float:
    """Median time from the start of a load until something is seen. [s]"""
    browser.execute_cdp_cmd("Network.enable", {})
    browser.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": not cached})
    found = []
    for _ in range(LOADS):
        browser.get("about:blank")
        browser.get(address)
        deadline = time.monotonic() + ANSWERS_WITHIN
        while (painted := browser.execute_script(PAINTED)) is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if painted is None:
            raise BenchError(f"the page painted nothing within {ANSWERS_WITHIN:g} s")
        found.append(float(painted) / 1e3)
    return statistics.median(found)


def _idle(browser: Chrome, address: str, port: int) -> tuple[float, float]:
    """Share of time that the page's main thread has nothing to do, and events a second to another reader."""
    start = {"count": COUNT, "entries_per_second": RATE}
    requests.post(f"{address}/api/stream/start", json=start, timeout=ANSWERS_WITHIN).raise_for_status()
    browser.execute_cdp_cmd("Performance.enable", {})
    before, began = _busy(browser), time.monotonic()
    report = read("websocket", port, WATCHED, "--path", "/ws/events?types=entry&from=latest")
    busy = (_busy(browser) - before) / (time.monotonic() - began)
    requests.post(f"{address}/api/stream/stop", timeout=ANSWERS_WITHIN).raise_for_status()
    return 1.0 - busy, report.messages / report.seconds


def _busy(browser: Chrome) -> float:
    """Time that the main thread has spent on tasks since the page was loaded. [s]"""
    metrics = browser.execute_cdp_cmd("Performance.getMetrics", {})["metrics"]
    return float(next(one["value"] for one in metrics if one["name"] == "TaskDuration"))
