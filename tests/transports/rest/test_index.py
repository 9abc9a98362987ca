"""What the server says about itself."""

from __future__ import annotations

import platform
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from flask.testing import FlaskClient

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
VOID = {"meta", "link", "img", "input"}


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


def test_the_page_takes_its_files_from_this_server(client: FlaskClient) -> None:
    """Each file that the page names is there, by an address that holds behind a proxy's prefix, too."""
    shown = Page(client.get("/", headers={"Accept": BROWSER}).text)
    named = [
        attributes.get("href") or attributes.get("src") or ""
        for tag, attributes in shown.elements
        if tag in {"script", "img", "link"}
    ]

    assert len(named) > 4
    assert not [name for name in named if not name.startswith("page/")]
    for name in named:
        assert 200 == client.get(f"/{name}").status_code, name


def test_nothing_of_the_page_is_within_it(client: FlaskClient) -> None:
    """Its policy allows files of this server alone, so the page has no code and no style of its own."""
    answer = client.get("/", headers={"Accept": BROWSER})
    shown = Page(answer.text)
    policy = answer.headers["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not [tag for tag, _ in shown.elements if tag == "style"]
    assert not [
        attributes for tag, attributes in shown.elements if tag == "script" and "src" not in attributes
    ]
    assert not [name for _, attributes in shown.elements for name in attributes if name.startswith("on")]
    assert not [attributes for _, attributes in shown.elements if "style" in attributes]


def test_labels_and_names(client: FlaskClient) -> None:
    """No id is there twice, and what refers to an id finds it."""
    shown = Page(client.get("/", headers={"Accept": BROWSER}).text)
    ids = [attributes["id"] for _, attributes in shown.elements if "id" in attributes]
    named = [
        name
        for _, attributes in shown.elements
        for key in ("for", "aria-labelledby")
        for name in (attributes.get(key) or "").split()
    ]

    assert len(ids) == len(set(ids))
    assert set(named) <= set(ids)


def test_the_version(client: FlaskClient) -> None:
    """Which program, which version of it, and on which Python."""
    expected = {"name": "datasynth", "version": "1.2.3", "python": platform.python_version()}

    assert expected == client.get("/version").json
    assert 200 == client.head("/version").status_code
