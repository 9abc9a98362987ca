"""A real browser: the documentation's page uses the server, and a strange page cannot."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import requests

from tests import documents
from tests.browser.chromium import STRANGE_HOST, text, wait
from tests.contract.page import on
from tests.e2e.programs import ANSWERS_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome

    from tests.server import Server

BROWSER_PAGE = documents.DOCS / "how-to" / "browser.md"

ATTEMPTS = """
<!doctype html>
<script type="module">
const http = 'http://HOST', ws = 'ws://HOST';
const kind = (promise) => promise.then(
  (answer) => answer.type === 'opaque' ? 'opaque' : String(answer.status), () => 'failed');
const upgraded = (url) => new Promise((resolve) => {
  const socket = new WebSocket(url);
  socket.onopen = () => resolve('open');
  socket.onerror = () => resolve('failed');
});
const found = {
  form: await kind(fetch(http + '/api/stream/start', {method: 'POST', mode: 'no-cors'})),
  read: await kind(fetch(http + '/api/config')),
  json: await kind(fetch(http + '/api/config', {
    method: 'POST', headers: {'Content-Type': 'application/json', 'X-API-Key': 'k'},
    body: '{"global": {"seed": 7}}'})),
  load: await kind(fetch(http + '/api/entries?count=1', {mode: 'no-cors'})),
  events: await upgraded(ws + '/ws/events'),
  metrics: await upgraded(ws + '/ws/metrics'),
};
document.title = JSON.stringify(found);
</script>
"""
"""Tries what a page can try; its title tells what came of it."""

REFUSED = {
    # The browser sends these two and shows nobody the answer, which is a refusal.
    "form": "opaque",
    "load": "opaque",
    "read": "failed",
    "json": "failed",
    "events": "failed",
    "metrics": "failed",
}
WELCOME = {
    "form": "opaque",
    "load": "opaque",
    "read": "200",
    "json": "200",
    "events": "open",
    "metrics": "open",
}


def _found(browser: Chrome, page: str) -> dict[str, str]:
    browser.get(page)
    wait(browser, lambda shown: shown.title.startswith("{"))
    found: dict[str, str] = json.loads(browser.title)
    return found


def _documented(server: Server) -> str:
    """The documentation's page, for a server."""
    [html] = [block for language, block in documents.blocks(BROWSER_PAGE) if language == "html"]
    return on(server, html)


def _state(server: Server) -> tuple[int, int, float]:
    """What a page could have changed: streams, seed, and how many requests went well; looking adds three."""
    streams = requests.get(f"{server.base_url}/api/streams", timeout=ANSWERS_WITHIN).json()["streams"]
    config = requests.get(f"{server.base_url}/api/config", timeout=ANSWERS_WITHIN).json()
    metrics = requests.get(f"{server.base_url}/metrics", timeout=ANSWERS_WITHIN).text
    counts = [
        line.split()[1] for line in metrics.splitlines() if re.match(r".*requests_total.*\"2xx\"", line)
    ]
    return len(streams), config["global"]["seed"], sum(map(float, counts))


def test_the_page_of_the_documentation(
    browser: Chrome, server: Server, serve_page: Callable[[str], int]
) -> None:
    """It starts a stream by REST and reads it to the end."""
    browser.get(f"http://localhost:{serve_page(_documented(server))}/page.html")
    wait(browser, lambda shown: shown.title == "completed: 1000 entries")

    assert text(browser, "count") == "1000"
    assert int(text(browser, "lines")) >= 2000
    assert json.loads(text(browser, "last"))["sequence"] == 999


def test_the_page_is_told_why_it_failed(
    browser: Chrome, start_server: Callable[..., Server], serve_page: Callable[[str], int]
) -> None:
    """A refusal of the server can be read by the page, the header that says when to come back too."""
    server = start_server(rate_limit="1")
    for address in ("127.0.0.1", "[::1]"):
        # The browser may call either.
        requests.get(f"http://{address}:{server.port}/api/config", timeout=ANSWERS_WITHIN)
    browser.get(f"http://localhost:{serve_page(_documented(server))}/page.html")
    wait(browser, lambda shown: shown.title == "failed")

    assert "More than 1 requests within a minute" in text(browser, "last")
    assert "(again in " in text(browser, "last")


def test_a_strange_page_gets_nowhere(
    browser: Chrome, server: Server, serve_page: Callable[[str], int]
) -> None:
    """It reads nothing, opens nothing, changes nothing, and not one of its requests goes well."""
    streams, seed, served = _state(server)
    page = serve_page(ATTEMPTS.replace("HOST", f"localhost:{server.port}"))
    found = _found(browser, f"http://{STRANGE_HOST}:{page}/page.html")

    assert REFUSED == found
    assert (streams, seed, served + 3) == _state(server)


def test_a_strange_name_gets_nowhere(
    browser: Chrome, server: Server, serve_page: Callable[[str], int]
) -> None:
    """After DNS rebinding the page calls the server by its own name, which the server does not go by."""
    strange = f"{STRANGE_HOST}:{server.port}"
    streams, seed, served = _state(server)
    page = serve_page(ATTEMPTS.replace("HOST", strange))
    found = _found(browser, f"http://{STRANGE_HOST}:{page}/page.html")
    browser.get(f"http://{strange}/api/config")

    assert REFUSED == found
    assert "--allowed-host" in browser.page_source
    assert (streams, seed, served + 3) == _state(server)


def test_an_allowed_page_may_do_all(
    browser: Chrome, start_server: Callable[..., Server], serve_page: Callable[[str], int]
) -> None:
    """With `*`, under a name that is allowed, the same page reads, writes and opens."""
    server = start_server(allowed_origin="*", allowed_host=STRANGE_HOST)
    page = serve_page(ATTEMPTS.replace("HOST", f"{STRANGE_HOST}:{server.port}"))
    found = _found(browser, f"http://{STRANGE_HOST}:{page}/page.html")

    assert WELCOME == found
    assert (1, 7) == _state(server)[:2]
