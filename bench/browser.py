"""Chromium without a window, for measurements and pictures of the pages."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from selenium import webdriver

from bench.servers import BenchError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from selenium.webdriver import Chrome

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars")


def installed() -> bool:
    """Whether Chromium and its driver are here."""
    return all(shutil.which(name) for name in ("chromium", "chromedriver"))


@contextmanager
def chromium() -> Iterator[Chrome]:
    """Run a browser with a profile of its own.

    Raises
    ------
    BenchError
        The packages chromium and chromium-driver are not installed.
    """
    program, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if program is None or driver is None:
        raise BenchError("install the packages chromium and chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = program
    for flag in FLAGS:
        options.add_argument(flag)
    browser = webdriver.Chrome(options, webdriver.ChromeService(driver))
    try:
        yield browser
    finally:
        browser.quit()
