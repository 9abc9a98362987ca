"""The page of ``examples/browser`` starts a stream, steers it, and reads every entry once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
import requests

from tests.browser.chromium import folder_served, text, wait
from tests.e2e.cutting_proxy import cutting
from tests.e2e.programs import ANSWERS_WITHIN
from tests.server import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from selenium.webdriver import Chrome

    from tests.server import Server

FOLDER = ROOT / "examples" / "browser"
KEY = "key-of-this-test"


@pytest.fixture(scope="module")
def page() -> Iterator[str]:
    """Serve the example; its address."""
    with folder_served(FOLDER) as port:
        yield f"http://localhost:{port}/"


def fill(browser: Chrome, **values: str) -> None:
    """Type values into fields of the form, each known by its id."""
    for name, value in values.items():
        field = browser.find_element("id", name)
        field.clear()
        field.send_keys(value)


def click(browser: Chrome, button: str) -> None:
    """Click a button, known by what it shows."""
    browser.find_element("xpath", f"//button[.='{button}']").click()


def says(word: str, browser: Chrome) -> bool:
    """Whether the page's state has a word."""
    return word in text(browser, "state")


def lines(server: Server, count: int) -> int:
    """How many lines a data set of so many entries has; each counts once on the page."""
    body = {"transactions": {"target_count": count}}
    requests.post(f"{server.base_url}/api/config", json=body, timeout=ANSWERS_WITHIN).raise_for_status()
    url = f"{server.base_url}/api/entries?format=csv&header=false&fields=line"
    return len(requests.get(url, timeout=ANSWERS_WITHIN).text.splitlines())


def test_a_stream_to_its_end(browser: Chrome, page: str, server: Server) -> None:
    """All entries come, the last ones stand in the table, and nothing is complained of."""
    browser.get(page)
    fill(browser, server=server.base_url, count="400", rate="2000")
    click(browser, "Start")
    wait(browser, lambda _: text(browser, "state") == "completed: 400 entries")
    rows = browser.find_elements("css selector", "#last tr")

    assert ("400", str(lines(server, 400))) == (text(browser, "entries"), text(browser, "lines"))
    assert len(rows) == 15
    assert rows[0].find_elements("tag name", "td")[-1].text.endswith((" USD", " EUR", " GBP"))
    # Chromium asks for an icon, which the folder has not.
    complaints = [entry for entry in browser.get_log("browser") if "favicon" not in entry["message"]]  # type: ignore[no-untyped-call]  # as the library has it
    assert [] == complaints


def test_a_broken_connection_costs_nothing(browser: Chrome, page: str, server: Server) -> None:
    """It goes on with the next entry: none is lost, and none comes twice."""
    browser.get(page)
    # Requests and WebSockets may share connections; each of the first four is cut once.
    with cutting(server.port, 60_000, 60_000, 60_000, 60_000, None) as proxy:
        fill(browser, server=proxy.url, count="600", rate="3000")
        click(browser, "Start")
        wait(browser, lambda _: text(browser, "state") == "completed: 600 entries")
        cuts = proxy.cuts

    assert cuts >= 1
    assert ("600", str(lines(server, 600))) == (text(browser, "entries"), text(browser, "lines"))


def test_a_key_goes_as_a_ticket(browser: Chrome, page: str, start_server: Callable[..., Server]) -> None:
    """Without the key the page says what is missing; with it the stream comes."""
    server = start_server(api_key=KEY)
    browser.get(page)
    fill(browser, server=server.base_url, count="50", rate="1000")
    click(browser, "Start")
    wait(browser, lambda _: "key" in text(browser, "state"))
    fill(browser, key=KEY)
    click(browser, "Start")
    wait(browser, lambda _: text(browser, "state") == "completed: 50 entries")

    assert text(browser, "entries") == "50"


def test_a_stream_is_steered(browser: Chrome, page: str, server: Server) -> None:
    """It pauses, goes on, and ends where it is stopped."""
    browser.get(page)
    fill(browser, server=server.base_url, count="100000", rate="100")
    click(browser, "Start")
    wait(browser, lambda _: text(browser, "entries") != "0")
    for button, said in (("Pause", "paused"), ("Resume", "resumed"), ("Stop", "stopped: ")):
        click(browser, button)
        wait(browser, partial(says, said))

    assert text(browser, "state") == f"stopped: {text(browser, 'entries')} entries"
