"""The present configuration."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.errors import InvalidConfiguration
from datasynth.service.journals.config_store import ConfigStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.config.model import Config


def store_of(check: Callable[[Config], None] = lambda _: None) -> ConfigStore:
    """A store of the defaults."""
    return ConfigStore(ConfigDocument.defaults(), check, lambda _: None)


def test_merge_is_all_or_nothing() -> None:
    """A valid patch holds from now on; an invalid one changes nothing."""
    store = store_of()
    store.merge({"transactions": {"target_count": 50_000}})
    with pytest.raises(InvalidConfiguration):
        store.merge({"global": {"seed": 1}, "transactions": {"target_count": 0}})

    config = store.document.config
    assert (50_000, 42) == (config.transactions.target_count, config.general.seed)


def test_merges_at_once_add_up() -> None:
    """Two clients that merge different keys at the same moment both find theirs."""
    store = store_of()
    patches: list[dict[str, object]] = [{"global": {"seed": 7}}, {"transactions": {"target_count": 9}}]
    threads = [threading.Thread(target=store.merge, args=(patch,)) for patch in patches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5.0)

    config = store.document.config
    assert (7, 9) == (config.general.seed, config.transactions.target_count)


def test_what_is_refused_changes_nothing() -> None:
    """A configuration that the server would not generate from is neither valid nor merged; nobody hears."""
    heard: list[int] = []

    def check(config: Config) -> None:
        if config.general.seed == 13:
            raise InvalidConfiguration("too costly")

    store = ConfigStore(ConfigDocument.defaults(), check, lambda config: heard.append(config.general.seed))
    for refuse in (store.validate, store.merge):
        with pytest.raises(InvalidConfiguration):
            refuse({"global": {"seed": 13}})
    valid = store.validate({"global": {"seed": 14}})
    store.merge({"global": {"seed": 15}})

    assert (14, 15) == (valid.config.general.seed, store.document.config.general.seed)
    assert [15] == heard
