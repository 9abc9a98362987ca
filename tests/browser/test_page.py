"""The page at `/` in a real browser, against real servers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from tests.browser.chromium import text, wait
from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome

    from tests.server import Server

AXE = Path(__file__).parent / "node" / "node_modules" / "axe-core" / "axe.min.js"
WIDTHS = (360, 768, 1440)
KEY = "a-key-of-the-test"


def look(browser: Chrome, server: Server, width: int = 1440, scheme: str = "light") -> None:
    """Open the page in a window of a width and a colour scheme, as somebody who was never here."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    features = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", features)
    browser.get(server.base_url)
    browser.execute_script("sessionStorage.clear()")
    browser.get_log("browser")  # type: ignore[no-untyped-call]  # selenium has no types for it
    browser.refresh()


def loaded(browser: Chrome, server: Server, width: int = 1440, scheme: str = "light") -> None:
    """Open the page and wait until every panel shows something."""
    look(browser, server, width, scheme)
    wait(browser, lambda page: text(page, "server-text") == "connected")
    wait(browser, lambda page: text(page, "trial").startswith("0.00"))
    wait(browser, lambda page: page.find_elements(By.CSS_SELECTOR, "#entries .entry"))


def set_value(browser: Chrome, element: str, value: object) -> None:
    """Type a value into a field of the form."""
    field = browser.find_element("id", element)
    field.clear()
    field.send_keys(str(value))


def begin(browser: Chrome, count: int, rate: float | None = None) -> None:
    """Start a stream by the form."""
    set_value(browser, "count", count)
    if rate is not None:
        set_value(browser, "rate", rate)
    browser.find_element("id", "start-button").click()


def press(browser: Chrome, button: str) -> None:
    """Press a button as soon as it can be pressed."""
    wait(browser, lambda page: page.find_element("id", button).is_enabled())
    browser.find_element("id", button).click()


def complaints(browser: Chrome) -> list[str]:
    """What the page wrote to the console, but for answers that a test provokes."""
    lines = [entry["message"] for entry in browser.get_log("browser")]  # type: ignore[no-untyped-call]  # as above
    return [
        line for line in lines if "Failed to load resource" not in line and "WebSocket connection" not in line
    ]


def test_a_stream_from_start_to_end(browser: Chrome, server: Server) -> None:
    """Start, watch, pause, resume, trigger: progress runs to 100 %, and the figures are those of the API."""
    loaded(browser, server)
    begin(browser, 4_000, 1_000)
    wait(browser, lambda page: text(page, "current") != "0")
    press(browser, "pause")
    wait(browser, lambda page: "paused" in text(page, "state"))
    assert "paused" == requests.get(f"{server.base_url}/api/stream", timeout=20).json()["state"]
    press(browser, "resume")
    wait(browser, lambda page: "running" in text(page, "state"))
    press(browser, "trigger")
    wait(browser, lambda page: text(page, "percent") == "100 %")
    wait(browser, lambda page: "complete" in text(page, "state"))

    told = requests.get(f"{server.base_url}/api/stream", timeout=20).json()
    assert 1 == len(told["triggers"])
    assert f"{told['total']:,}" == text(browser, "current") == text(browser, "total")
    query = {"stream_id": told["stream_id"]}
    sheet = requests.get(f"{server.base_url}/api/statements", query, timeout=20).json()["statements"][0]
    assets = f"{float(sheet['balance_sheet']['assets']):,.2f}"
    wait(browser, lambda page: assets in text(page, "sheet"))
    assert [] == complaints(browser)


def test_entries_are_shown_and_found(browser: Chrome, server: Server) -> None:
    """An entry that is searched for is that of the API, as T-accounts and as lines; a missing one is said."""
    loaded(browser, server)
    begin(browser, 2_000)
    wait(browser, lambda page: (text(page, "current"), text(page, "state")) == ("2,000", "complete"))
    set_value(browser, "sequence", 1234)
    browser.find_element(By.CSS_SELECTOR, "#search button").click()
    wait(browser, lambda page: text(page, "entries").startswith("1,234"))
    stream = requests.get(f"{server.base_url}/api/stream", timeout=20).json()["stream_id"]
    query: dict[str, str] = {"view": "document", "from": "1234", "count": "1", "stream_id": stream}
    entry = requests.get(f"{server.base_url}/api/entries", query, timeout=20).json()

    shown = text(browser, "entries")
    for line in entry["lines"]:
        assert line["account"] in shown
        assert f"{max(float(line['debit']), float(line['credit'])):,.2f}" in shown
    browser.find_element(By.CSS_SELECTOR, "[name=as][value=lines]").click()
    rows = browser.find_elements(By.CSS_SELECTOR, "#entries tbody tr")
    assert len(entry["lines"]) == len(rows)
    set_value(browser, "sequence", 999_999)
    browser.find_element(By.CSS_SELECTOR, "#search button").click()
    wait(
        browser,
        lambda page: "999,999" in text(page, "entries") or page.find_element("id", "notice").is_displayed(),
    )


def test_commands_do_what_the_panels_do(browser: Chrome, server: Server) -> None:
    """Each panel's curl line asks this server, and its answer is there."""
    loaded(browser, server)
    lines = browser.execute_script(
        "return [...document.querySelectorAll('.curl pre')].map((one) => one.textContent)"
    )
    addresses = [re.findall(r"'(http[^']+)'", line)[-1] for line in lines]

    assert len(addresses) == len(browser.find_elements(By.CSS_SELECTOR, "section.panel"))
    for address in addresses:
        assert address.startswith(server.base_url)
        assert requests.get(address, timeout=20).status_code in {200, 404}, address


def test_industries_are_those_of_the_server(browser: Chrome, server: Server) -> None:
    """All ten can be chosen."""
    loaded(browser, server)

    assert 10 == len(Select(browser.find_element("id", "industry")).options)


def test_a_key(browser: Chrome, start_server: Callable[..., Server]) -> None:
    """A wrong key is said; with the right one the page works, and no command shows it."""
    server = start_server(api_key=KEY)
    look(browser, server)
    wait(browser, lambda page: page.find_element("id", "key-form").is_displayed())
    set_value(browser, "key", "wrong")
    browser.find_element(By.CSS_SELECTOR, "#key-form button").click()
    wait(browser, lambda page: "rejected this key" in text(page, "notice"))
    set_value(browser, "key", KEY)
    browser.find_element(By.CSS_SELECTOR, "#key-form button").click()
    wait(browser, lambda page: text(page, "trial").startswith("0.00"))
    begin(browser, 500)

    wait(browser, lambda page: "complete" in text(page, "state"))
    assert not browser.find_element("id", "key-form").is_displayed()
    assert KEY not in browser.page_source


def test_the_limit_of_calls(browser: Chrome, start_server: Callable[..., Server]) -> None:
    """Where the limit is reached the page says so, and when it goes on."""
    server = start_server(rate_limit="4")
    look(browser, server)

    wait(browser, lambda page: re.search(r"Try again in \d+ s", text(page, "notice")))


def test_the_default_limit_is_enough(browser: Chrome, start_server: Callable[..., Server]) -> None:
    """Loading the page and a stream of some seconds stay within the calls of a minute."""
    server = start_server(rate_limit="60")
    loaded(browser, server)
    begin(browser, 3_000, 300)
    wait(browser, lambda page: "complete" in text(page, "state"))

    used = requests.get(f"{server.base_url}/metrics", timeout=20).text
    assert not browser.find_element("id", "notice").is_displayed()
    assert "datasynth_rate_limited_total 0" in used


def test_the_server_goes_and_comes_back(browser: Chrome) -> None:
    """The loss is said at once; when the server is back the page goes on by itself."""
    first = gunicorn()
    try:
        loaded(browser, first)
    finally:
        first.stop()
    wait(browser, lambda page: "connection to the server lost" in text(page, "server-text"))
    second = gunicorn(at=str(first.port))
    try:
        wait(browser, lambda page: text(page, "server-text") == "connected")
        begin(browser, 300)
        wait(browser, lambda page: "complete" in text(page, "state"))
    finally:
        second.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_everybody_can_use_it(browser: Chrome, server: Server, width: int, scheme: str) -> None:
    """Axe finds nothing, and nothing is wider than the window."""
    if not AXE.is_file():
        pytest.skip("the npm package axe-core is not installed (npm ci --prefix tests/browser/node)")
    loaded(browser, server, width, scheme)
    browser.execute_script("for (const one of document.querySelectorAll('details')) one.open = true")
    browser.execute_script(AXE.read_text("utf-8"))
    found: list[dict[str, Any]] = browser.execute_async_script(
        "const [done] = arguments;"
        "axe.run().then((found) => done(found.violations), (error) => done([String(error)]));"
    )

    assert [] == [(one["id"], [node["html"] for node in one["nodes"]][:3]) for one in found]
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_by_keyboard(browser: Chrome, server: Server) -> None:
    """Every control is reached by the tab key, in the order of the page."""
    loaded(browser, server)
    count = browser.execute_script(
        "const all = [...document.querySelectorAll('a, button, input, select, summary')].filter((one) =>"
        " !one.disabled && one.checkVisibility() && !(one.type === 'radio' && !one.checked));"
        "all.forEach((one, place) => one.dataset.place = place); return all.length"
    )
    reached: list[str | None] = []
    for _ in range(2 * count):
        browser.switch_to.active_element.send_keys(Keys.TAB)
        reached.append(browser.switch_to.active_element.get_attribute("data-place"))
        if reached[-1] == str(count - 1):
            break

    assert [str(place) for place in range(count)] == [place for place in reached if place is not None]
