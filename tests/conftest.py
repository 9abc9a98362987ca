"""Fixtures that several folders of tests share."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.server import ROOT, gunicorn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

# A first example may have to load compiled kernels, which takes longer than any deadline for examples.
settings.register_profile("datasynth", deadline=None, max_examples=50)
# CI has the time to look further.
settings.register_profile("ci", deadline=None, max_examples=100)
settings.load_profile("ci" if os.environ.get("CI") else "datasynth")

APART = {"contract", "e2e"}
"""Folders whose tests run real servers and programs, and want no busy tests beside them."""

BROWSER = "browser"
"""Folder whose tests look at pages in a real browser, where one is there."""

CLIENTS = "clients"
"""Folder whose tests drive the server with other people's programs, where these are there."""

CLUSTER = "cluster"
"""Folder whose tests run engines of clusters, which have an environment of their own."""

INSTALL = "install"
"""Folder whose tests install the project elsewhere, with packages from an index."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what ``make test`` runs when all else is done, and what it leaves out."""
    for item in items:
        folder = item.path.relative_to(ROOT / "tests").parts[0]
        if folder in APART:
            item.add_marker(pytest.mark.apart)
        if folder == BROWSER:
            item.add_marker(pytest.mark.browser)
        if folder == CLIENTS:
            item.add_marker(pytest.mark.clients)
        if folder == CLUSTER:
            item.add_marker(pytest.mark.cluster)
        if folder == INSTALL:
            item.add_marker(pytest.mark.install)


def _ended(server: Server) -> None:
    status = server.stop()
    assert status == 0, f"the server ended with status {status}:\n{server.log}"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real server with two worker threads and without a rate limit, for the tests of one module."""
    running = gunicorn()
    yield running
    _ended(running)


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """Start real servers with settings of one's own; all are ended after the test."""
    running: list[Server] = []

    def start(**environment: str) -> Server:
        running.append(gunicorn(**environment))
        return running[-1]

    yield start
    for one in running:
        _ended(one)
