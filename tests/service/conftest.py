"""Services over fakes for the tests of this folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.service.harness import Harness

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def harness() -> Iterator[Harness]:
    """Services with two generator threads."""
    built = Harness()
    yield built
    built.close()


@pytest.fixture
def build() -> Iterator[Callable[..., Harness]]:
    """Build services with settings of one's own; all are closed after the test."""
    built: list[Harness] = []

    def make(**settings: object) -> Harness:
        built.append(Harness(**settings))  # type: ignore[arg-type]  # the tests pass what it takes
        return built[-1]

    yield make
    for one in built:
        one.close()
