"""A browser and pages for the tests of this folder."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import chromium, folder_served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from selenium.webdriver import Chrome


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    """One browser for the tests of a module."""
    with chromium() as running:
        yield running


@pytest.fixture
def serve_page(tmp_path: Path) -> Iterator[Callable[[str], int]]:
    """Serve a page, given as HTML, as ``/page.html`` of a port of its own; the port."""
    with ExitStack() as running:

        def serve(html: str) -> int:
            folder = tmp_path / "pages"
            folder.mkdir()
            (folder / "page.html").write_text(html)
            return running.enter_context(folder_served(folder))

        yield serve
