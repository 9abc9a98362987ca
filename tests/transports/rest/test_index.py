"""What the server says about itself."""

from __future__ import annotations

import platform
import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from datasynth.transports.rest.index import page

if TYPE_CHECKING:
    from flask.testing import FlaskClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VOID = {"meta"}


class Page(HTMLParser):
    """What a page has: elements with their attributes, in order, and whether all are closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()


def _calls(client: FlaskClient) -> set[str]:
    told = client.get("/").json
    assert told is not None
    return set(told["calls"])


@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/*", "text/html;q=0", "text/plain"])
def test_programs_get_json(client: FlaskClient, accept: str | None) -> None:
    """Whoever does not name HTML gets an object that lists every call."""
    answer = client.get("/", headers={} if accept is None else {"Accept": accept})

    assert answer.json is not None
    assert ("datasynth", "1.2.3") == (answer.json["name"], answer.json["version"])
    assert {"GET /", "GET /api/config", "POST /api/config", "POST /api/stream/trigger/<pattern>"} <= set(
        answer.json["calls"]
    )
    assert "Accept, Origin" == answer.headers["Vary"]


@pytest.mark.parametrize("accept", [BROWSER, "text/html", "application/json;q=0.5, text/html"])
def test_browsers_get_a_page(client: FlaskClient, accept: str) -> None:
    """Whoever names HTML gets a page in one language, with a title, one heading and closed elements."""
    answer = client.get("/", headers={"Accept": accept})
    shown = Page(answer.text)
    tags = [tag for tag, _ in shown.elements]

    assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    assert ("html", {"lang": "en"}) == shown.elements[0]
    assert [] == shown.open
    assert (1, 1, 1) == (tags.count("title"), tags.count("h1"), tags.count("main"))


def test_json_is_preferred_where_a_client_says_so(client: FlaskClient) -> None:
    """Naming HTML as a second choice does not bring it."""
    assert client.get("/", headers={"Accept": "application/json, text/html;q=0.9"}).is_json


def test_the_page_s_links_lead_somewhere(client: FlaskClient) -> None:
    """Each link, taken from the index, is a call that there is; nothing comes from elsewhere."""
    shown = Page(client.get("/", headers={"Accept": BROWSER}).text)
    links = [attributes["href"] or "" for tag, attributes in shown.elements if tag == "a"]

    assert len(links) > 10
    assert not [link for link in links if link.startswith(("/", "http"))]
    assert {f"GET /{link.partition('?')[0].removeprefix('.')}" for link in links} <= _calls(client)
    assert not [tag for tag, _ in shown.elements if tag in {"script", "img", "link", "iframe", "form"}]


def test_the_page_s_policy_allows_its_style_and_nothing_else(client: FlaskClient) -> None:
    """The policy has the digest of the one style sheet."""
    answer = client.get("/", headers={"Accept": BROWSER})
    [style] = re.findall("<style>(.*?)</style>", answer.text, re.DOTALL)
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'" in policy
    assert "unsafe" not in policy


def test_names_are_escaped() -> None:
    """A path that looks like a tag is text."""
    assert "POST /a/&lt;b&gt;" in page("1", [("POST", "/a/<b>")])


def test_the_version(client: FlaskClient) -> None:
    """Which program, which version of it, and on which Python."""
    expected = {"name": "datasynth", "version": "1.2.3", "python": platform.python_version()}

    assert expected == client.get("/version").json
    assert 200 == client.head("/version").status_code
