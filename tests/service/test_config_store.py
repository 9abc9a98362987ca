"""The present configuration."""

from __future__ import annotations

import threading

import pytest

from datasynth.config import ConfigDocument
from datasynth.errors import InvalidConfiguration
from datasynth.service.config_store import ConfigStore


def test_merge_is_all_or_nothing() -> None:
    """A valid patch holds from now on; an invalid one changes nothing."""
    store = ConfigStore(ConfigDocument.defaults())
    store.merge({"transactions": {"target_count": 50_000}})
    with pytest.raises(InvalidConfiguration):
        store.merge({"global": {"seed": 1}, "transactions": {"target_count": 0}})

    config = store.document.config
    assert (50_000, 42) == (config.transactions.target_count, config.general.seed)


def test_merges_at_once_add_up() -> None:
    """Two clients that merge different keys at the same moment both find theirs."""
    store = ConfigStore(ConfigDocument.defaults())
    patches: list[dict[str, object]] = [{"global": {"seed": 7}}, {"transactions": {"target_count": 9}}]
    threads = [threading.Thread(target=store.merge, args=(patch,)) for patch in patches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5.0)

    config = store.document.config
    assert (7, 9) == (config.general.seed, config.transactions.target_count)
