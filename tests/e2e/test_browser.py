"""A real browser: the documentation's page uses the server, and a strange page cannot."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
import requests

from tests import documents
from tests.contract.page import on
from tests.e2e.chromium import STRANGE_HOST, browsing, chromium, pages, shown
from tests.e2e.programs import ANSWERS_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.server import Server

BROWSER_PAGE = documents.DOCS / "how-to" / "browser.md"

TITLE_REPORTER = """
<script>
new MutationObserver(() => fetch('/', {method: 'POST', body: JSON.stringify({
  title: document.title,
  count: document.getElementById('count').textContent,
  lines: document.getElementById('lines').textContent,
  last: document.getElementById('last').textContent,
})})).observe(document.querySelector('title'), {childList: true});
</script>
"""
"""Posts what the page shows when it changes its title."""

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
await fetch('/', {method: 'POST', body: JSON.stringify(found)});
</script>
"""
"""Tries what a page can try, and posts what came of it."""

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


@pytest.fixture(autouse=True)
def _browser() -> None:
    chromium()


def _found(page_host: str, server_address: str, profile: Path) -> dict[str, str]:
    with (
        pages(ATTEMPTS.replace("HOST", server_address)) as served,
        browsing(f"http://{page_host}:{served.port}/", profile),
    ):
        found: dict[str, str] = json.loads(served.report())
    return found


def _documented(server: Server, profile: Path) -> dict[str, str]:
    """What the documentation's page shows in the end, served from another port of this machine."""
    [html] = [text for language, text in documents.blocks(BROWSER_PAGE) if language == "html"]
    with (
        pages(on(server, html) + TITLE_REPORTER) as served,
        browsing(f"http://localhost:{served.port}/page.html", profile),
    ):
        found: dict[str, str] = json.loads(served.report())
    return found


def _state(server: Server) -> tuple[int, int, float]:
    """What a page could have changed: streams, seed, and how many requests went well; looking adds three."""
    streams = requests.get(f"{server.base_url}/api/streams", timeout=ANSWERS_WITHIN).json()["streams"]
    config = requests.get(f"{server.base_url}/api/config", timeout=ANSWERS_WITHIN).json()
    metrics = requests.get(f"{server.base_url}/metrics", timeout=ANSWERS_WITHIN).text
    counts = [
        line.split()[1] for line in metrics.splitlines() if re.match(r".*requests_total.*\"2xx\"", line)
    ]
    return len(streams), config["global"]["seed"], sum(map(float, counts))


def test_the_page_of_the_documentation(server: Server, tmp_path: Path) -> None:
    """It starts a stream by REST and reads it to the end."""
    found = _documented(server, tmp_path)

    assert ("completed: 1000 entries", "1000") == (found["title"], found["count"])
    assert int(found["lines"]) >= 2000
    assert json.loads(found["last"])["sequence"] == 999


def test_the_page_is_told_why_it_failed(start_server: Callable[..., Server], tmp_path: Path) -> None:
    """A refusal of the server can be read by the page, the header that says when to come back too."""
    server = start_server(rate_limit="1")
    for address in ("127.0.0.1", "[::1]"):
        # The browser may call either.
        requests.get(f"http://{address}:{server.port}/api/config", timeout=ANSWERS_WITHIN)
    found = _documented(server, tmp_path)

    assert found["title"] == "failed"
    assert "More than 1 requests within a minute" in found["last"]
    assert "(again in " in found["last"]


def test_a_strange_page_gets_nowhere(server: Server, tmp_path: Path) -> None:
    """It reads nothing, opens nothing, changes nothing, and not one of its requests goes well."""
    streams, seed, served = _state(server)
    found = _found(STRANGE_HOST, f"localhost:{server.port}", tmp_path)

    assert REFUSED == found
    assert (streams, seed, served + 3) == _state(server)


def test_a_strange_name_gets_nowhere(server: Server, tmp_path: Path) -> None:
    """After DNS rebinding the page calls the server by its own name, which the server does not go by."""
    strange = f"{STRANGE_HOST}:{server.port}"
    streams, seed, served = _state(server)
    found = _found(STRANGE_HOST, strange, tmp_path / "page")
    typed = shown(f"http://{strange}/api/config", tmp_path / "typed")

    assert REFUSED == found
    assert "--allowed-host" in typed
    assert (streams, seed, served + 3) == _state(server)


def test_an_allowed_page_may_do_all(start_server: Callable[..., Server], tmp_path: Path) -> None:
    """With `*`, under a name that is allowed, the same page reads, writes and opens."""
    server = start_server(allowed_origin="*", allowed_host=STRANGE_HOST)
    found = _found(STRANGE_HOST, f"{STRANGE_HOST}:{server.port}", tmp_path)

    assert WELCOME == found
    assert (1, 7) == _state(server)[:2]
