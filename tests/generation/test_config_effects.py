"""Every key of the configuration has a test in the folder `effects` that shows what it moves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from tests.generation.effects import (
    test_companies,
    test_flows,
    test_general,
    test_people,
    test_processes,
    test_temporal,
    test_transactions,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

SECTIONS = (
    test_companies,
    test_flows,
    test_general,
    test_people,
    test_processes,
    test_temporal,
    test_transactions,
)


def keys_of(document: object, path: str = "") -> Iterator[str]:
    """Yield the path of every value of a document, items of lists as ``[]``."""
    if isinstance(document, dict) and document:
        for key, value in document.items():
            yield from keys_of(value, f"{path}.{key}" if path else key)
    elif isinstance(document, list) and any(isinstance(item, dict) for item in document):
        for item in document:
            yield from keys_of(item, f"{path}[]")
    else:
        yield path


KEYS = sorted(set(keys_of(ConfigDocument.defaults().as_dict())))


def case_of(key: str) -> str:
    """Return the name of the test that shows what a key does."""
    return "test_" + key.replace("[]", "").replace(".", "_")


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case(key: str) -> None:
    """A key that nobody has shown to move the output is not accepted."""
    assert [case_of(key)] == [name for section in SECTIONS for name in vars(section) if name == case_of(key)]


def test_there_are_all_the_keys() -> None:
    """What is counted are the keys themselves, not sections or items."""
    assert len(KEYS) > 60
    assert {"transactions.line_items.custom_distribution", "approval.thresholds"} <= set(KEYS)
