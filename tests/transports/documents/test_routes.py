"""The page of the calls, its files, and what guards let through to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from datasynth.transports.documents.routes import FILES, POLICY, SCHEMAS
from tests.server import ROOT
from tests.transports.documents.conftest import whole_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from datasynth.service.services import Services

PAGES = ROOT / "datasynth" / "transports" / "documents" / "pages"
OPEN = [
    "/docs",
    "/docs/",
    "/openapi.json",
    "/asyncapi.json",
    *(f"/docs/{name}" for name in (*FILES, *SCHEMAS)),
]


@pytest.mark.parametrize("path", OPEN)
def test_documents_need_no_key_and_do_not_count(make_services: Callable[..., Services], path: str) -> None:
    """A server with keys and a full window shows them all the same."""
    client = whole_app(make_services(api_keys=("secret",), rate_limit=1)).test_client()
    client.get("/api/config", headers={"X-API-Key": "secret"})
    answer = client.get(path)

    assert 200 == answer.status_code
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.mark.parametrize("path", ["/docsy", "/doc", "/openapi.json/x"])
def test_what_is_only_similar_needs_a_key(make_services: Callable[..., Services], path: str) -> None:
    """An address is open by its name, and not by how it begins."""
    assert 401 == whole_app(make_services(api_keys=("secret",))).test_client().get(path).status_code


def test_the_page_loads_its_own_files_alone(app: Flask) -> None:
    """Its policy allows no inline script or style, and each file that it names is there."""
    client = app.test_client()
    answer = client.get("/docs")
    loaded = re.findall(r'(?:src|href|data-document)="([^"]+)"', answer.text)

    assert POLICY == answer.headers["Content-Security-Policy"]
    assert "unsafe" not in POLICY
    assert "<style" not in answer.text
    assert not re.search(r"<script(?! src=)", answer.text)
    assert {200} == {client.get(f"/{link}").status_code for link in loaded if link != "data:,"}
    assert len(loaded) >= 6


@pytest.mark.parametrize(("path", "up"), [("/docs", ""), ("/docs/", "../"), ("/docs/?a=/", "../")])
def test_addresses_in_the_page_are_relative(app: Flask, path: str, up: str) -> None:
    """They lead to the same files whether or not the page was asked for with a slash at its end."""
    assert f'src="{up}docs/docs.js"' in app.test_client().get(path).text


@pytest.mark.parametrize(
    "name", ["../routes.py", "..%2froutes.py", "__init__.py", "swagger-ui.css.map", "a/b"]
)
def test_other_files_are_not_there(app: Flask, name: str) -> None:
    """Only files that are on the list are sent."""
    answer = app.test_client().get(f"/docs/{name}")

    assert 404 == answer.status_code
    assert "not_found" in answer.text


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_not_sent_again(app: Flask, name: str) -> None:
    """Who has a file is told so, without its bytes."""
    client = app.test_client()
    first = client.get(f"/docs/{name}")
    again = client.get(f"/docs/{name}", headers={"If-None-Match": first.headers["ETag"]})

    assert (PAGES / name).read_bytes() == first.data
    assert (304, b"") == (again.status_code, again.data)


def test_head(app: Flask) -> None:
    """HEAD tells type and length."""
    answer = app.test_client().head("/openapi.json")

    assert ("application/json", b"") == (answer.mimetype, answer.data)
    assert int(answer.headers["Content-Length"]) > 10_000


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/doc", "/doc"),
        ('/<b>&\x7f"', "/%3Cb%3E%26%7F%22"),
        ("/" + "x" * 500, "/" + "x" * 199 + "…"),
        ("/ü", "/%C3%BC"),
    ],
)
def test_nothing_at_an_address(app: Flask, path: str, shown: str) -> None:
    """The sentence names the path, on one line of plain characters, and says where to look."""
    answer = app.test_client().get(path)

    assert answer.json is not None
    assert f"Not found: {shown}. See / for what is here." == answer.json["message"]


def test_the_files_of_swagger_ui_are_those_of_its_version() -> None:
    """README names the version that is packaged, and its licence is beside it."""
    named = re.search(r"Swagger UI ([\d.]+\d)", (ROOT / "README.md").read_text())

    assert named is not None
    assert f'"{named[1]}"' in (PAGES / "swagger-ui-bundle.js").read_text()
    assert "Apache License" in (PAGES / "swagger-ui.LICENSE.txt").read_text()
    assert set(FILES) == {path.name for path in PAGES.iterdir()}
