"""A browser's own client of Server-Sent Events."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import requests

from tests.browser.chromium import text, wait
from tests.e2e.cutting_proxy import cutting
from tests.e2e.programs import ANSWERS_WITHIN

if TYPE_CHECKING:
    from collections.abc import Callable

    from selenium.webdriver import Chrome

    from tests.server import Server

COUNT = 2_000
CUT_AFTER = 400_000
PAGE = """
<!doctype html>
<pre id="found"></pre>
<script>
const source = new EventSource('http://HOST/api/stream/events?types=entry,complete&stream_id=STREAM');
const ids = [];
let opened = 0;
source.onopen = () => { opened += 1; };
source.addEventListener('entry', (event) => ids.push(event.lastEventId));
source.onerror = () => {
  // A browser gives up, and says so, when it is told that there is no more.
  if (source.readyState === EventSource.CLOSED) {
    document.getElementById('found').textContent = JSON.stringify({opened, ids});
  }
};
</script>
"""


def test_it_goes_on_by_itself_and_stops(
    browser: Chrome, server: Server, serve_page: Callable[[str], int]
) -> None:
    """It connects again where its connection broke, misses nothing, and ends after `complete`."""
    started = requests.post(
        f"{server.base_url}/api/stream/start",
        json={"count": COUNT, "wait_for_subscriber": 0},
        timeout=ANSWERS_WITHIN,
    ).json()
    stream = {"stream_id": started["stream_id"]}
    requests.get(
        f"{server.base_url}/api/stream/events", params={**stream, "types": "complete"}, timeout=ANSWERS_WITHIN
    )
    answer = requests.get(f"{server.base_url}/api/entries", params=stream, timeout=ANSWERS_WITHIN)
    rows = [json.loads(line) for line in answer.text.splitlines()]
    with cutting(server.port, CUT_AFTER, None) as proxy:
        html = PAGE.replace("HOST", f"127.0.0.1:{proxy.port}").replace("STREAM", started["stream_id"])
        browser.get(f"http://127.0.0.1:{serve_page(html)}/page.html")
        wait(browser, lambda seen: text(seen, "found"))
        found = json.loads(text(browser, "found"))

    assert [f"{row['sequence']}:{row['line']}" for row in rows] == found["ids"]
    assert 2 == found["opened"]
