"""The page of the calls in a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.browser.chromium import wait

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

    from tests.server import Server

PATHS = {"/api/config", "/api/entries", "/api/stream/trigger/{pattern}", "/docs/{name}"}


def _shown(browser: Chrome) -> set[str | None]:
    return {one.get_attribute("data-path") for one in browser.find_elements("css selector", "[data-path]")}


def _console(browser: Chrome) -> list[object]:
    """What pages have written to the console since the last look."""
    return list(browser.get_log("browser"))  # type: ignore[no-untyped-call]  # the library's types have this gap


def _theme(browser: Chrome, name: str) -> None:
    features = [{"name": "prefers-color-scheme", "value": name}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_browser_shows_every_call(browser: Chrome, server: Server, path: str, theme: str) -> None:
    """The page lists the calls, keeps to its own policy, and follows the theme of the system."""
    _theme(browser, theme)
    _console(browser)
    browser.get(f"{server.base_url}{path}")
    wait(browser, lambda seen: _shown(seen) >= PATHS)
    classes = browser.find_element("css selector", "html").get_attribute("class") or ""

    assert (theme == "dark") == ("dark-mode" in classes)
    assert [] == _console(browser)


def test_the_theme_changes_with_the_system(browser: Chrome, server: Server) -> None:
    """A page that is open follows."""
    _theme(browser, "light")
    browser.get(f"{server.base_url}/docs")
    wait(browser, lambda seen: _shown(seen) >= PATHS)
    _theme(browser, "dark")

    wait(browser, lambda seen: seen.find_elements("css selector", "html.dark-mode"))
