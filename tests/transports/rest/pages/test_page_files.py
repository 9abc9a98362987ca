"""The files of the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from datasynth.transports.rest.pages.page_files import FOLDER, INDEX, read_page_files

if TYPE_CHECKING:
    from flask.testing import FlaskClient

FILES = read_page_files()


def test_there_is_a_page_with_the_client() -> None:
    """The page, its client and the client's types are among the files."""
    assert {INDEX, "datasynth.js", "datasynth.d.ts", "main.js", "page.css"} <= set(FILES)


@pytest.mark.parametrize("name", sorted(set(FILES) - {INDEX}))
def test_a_file(client: FlaskClient, name: str) -> None:
    """A file comes whole, with its type, and is not sent again to those who have it."""
    answer = client.get(FOLDER + name)
    again = client.get(FOLDER + name, headers={"If-None-Match": answer.headers["ETag"]})

    assert FILES[name].content == answer.data
    assert FILES[name].content_type == answer.headers["Content-Type"]
    assert "no-cache" == answer.headers["Cache-Control"]
    assert (304, b"") == (again.status_code, again.data)


@pytest.mark.parametrize("name", ["none.js", INDEX, "..%2Fpage_files.py", "__init__.py"])
def test_what_is_no_file_of_the_page(client: FlaskClient, name: str) -> None:
    """Nothing else of the package can be had."""
    answer = client.get(FOLDER + name)

    assert 404 == answer.status_code
    assert answer.is_json


def test_modules_import_what_there_is() -> None:
    """Each module names files of the page, and nothing from elsewhere."""
    for name, file in FILES.items():
        if name.endswith(".js") and name != "uplot.js":
            imported = re.findall(r"^import .*? from '([^']+)';$", file.content.decode(), re.MULTILINE)
            assert {f"./{one}" for one in FILES} >= set(imported), name
            assert not re.findall(rb"https?://(?!localhost:3000)", file.content), name
