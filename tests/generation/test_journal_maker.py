"""Journals that share parts are the ones that are made alone."""

from __future__ import annotations

import hashlib
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasynth.config import ConfigDocument, config_from_mapping
from datasynth.errors import InvalidConfiguration
from datasynth.generation.block import Block
from datasynth.generation.journal import Journal
from datasynth.generation.journal_maker import JournalMaker
from tests.generation.configs import COMPANIES
from tests.generation.test_config_effects import KEYS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.config import Config

BASE: dict[str, Any] = {
    "global": {"period_months": 2},
    "companies": COMPANIES[1:3],
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 1_500, "foreign_currency_share": 0.1},
}
OTHERS: dict[str, list[object]] = {
    "global.industry": ["retail"],
    "global.start_date": ["2023-03-07"],
    "companies[].currency": ["JPY"],
    "companies[].country": ["US"],
    "chart_of_accounts.complexity": ["medium"],
    "transactions.line_items.custom_distribution": [{"2": 0.5, "5": 0.5}],
    "transactions.temporal.period_end_shape": ["flat", "ramp"],
    "approval.thresholds": [[700, 9_000]],
}
"""Values of keys whose value is neither a number nor a free text."""

TOGETHER = ("business_processes", "transactions.sources")
"""Sections whose numbers sum to one: what one key gains, another one loses."""


class Stopped(Exception):
    """Ends a build."""


def bytes_of(journal: Journal) -> str:
    """Return a digest of all entries, words and balances."""
    words = journal.vocabulary
    found = hashlib.sha256(repr([list(getattr(words, field.name)) for field in fields(words)]).encode())
    block = journal.block(0, journal.total)
    for field in fields(Block):
        found.update(np.ascontiguousarray(getattr(block, field.name)).tobytes())
    balances = journal.balances(journal.total)
    for sums in (balances.opening, balances.debit, balances.credit):
        found.update(sums.tobytes())
    return found.hexdigest()


def changes(key: str) -> Iterator[dict[str, Any]]:
    """Yield documents that differ from the base in one key, valid ones among them."""
    whole = ConfigDocument.defaults().merge(BASE).as_dict()
    section, _, name = key.rpartition(".")
    place: Any = whole
    for part in section.split(".") if section else ():
        place = place[part.removesuffix("[]")]
        place = place[0] if part.endswith("[]") else place
    value = place[name]
    for other in OTHERS.get(key, _like(value)):
        if other == value:
            continue
        kept = dict(place)
        place[name] = other
        if section in TOGETHER:
            rich = max((sibling for sibling in place if sibling != name), key=lambda sibling: place[sibling])
            place[rich] = round(place[rich] - (other - value), 9)
        yield whole
        place.update(kept)


def _like(value: object) -> list[Any]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int | float):
        return (
            [value / 2, value + 0.01, value + 1, value - 1, value * 2, 0, 1]
            if isinstance(value, float)
            else [value + 1, value - 1]
        )
    return [f"{value}X"]


def changed(key: str) -> Config:
    """Return a configuration that differs from the base in one key."""
    for document in changes(key):
        try:
            return config_from_mapping(document)
        except InvalidConfiguration:
            continue
    pytest.fail(f"no other value of {key} is valid")


@pytest.fixture(scope="module")
def warm() -> JournalMaker:
    """Return a maker that has made the base, and then whatever the tests asked for."""
    maker = JournalMaker()
    maker.make(config_from_mapping(BASE))
    return maker


@pytest.mark.parametrize("key", KEYS)
def test_a_change_of_any_key_is_never_lost_in_shared_parts(key: str, warm: JournalMaker) -> None:
    """What a maker builds after others is what is built alone, whichever key differs."""
    config = changed(key)

    assert config != config_from_mapping(BASE)
    assert bytes_of(Journal(config)) == bytes_of(warm.make(config))


def test_journals_that_differ_in_their_count_share_lag_tables_and_template_pools() -> None:
    """The second one keeps few parts of its own, and of an equal one none are kept."""
    maker = JournalMaker()
    maker.make(config_from_mapping(BASE))
    first = maker._parts.nbytes
    maker.make(config_from_mapping(BASE))
    again = maker._parts.nbytes
    more = {**BASE["transactions"], "target_count": 1_501}
    maker.make(config_from_mapping({**BASE, "transactions": more}))

    assert first == again
    assert again < maker._parts.nbytes < 1.7 * again


def test_kept_parts_are_bounded_and_can_be_let_go() -> None:
    """A maker keeps no more than it is told, and nothing after `clear`; journals stay as they are."""
    maker = JournalMaker(1 << 20)
    config = config_from_mapping(BASE)
    alone = bytes_of(Journal(config))
    journal = maker.make(config)

    assert 0 < maker._parts.nbytes <= 1 << 20
    maker.clear()
    assert 0 == maker._parts.nbytes
    assert [alone] * 2 == [bytes_of(journal), bytes_of(maker.make(config))]


def stop_at(triggered_close: int) -> Callable[[], None]:
    """Return a checkpoint that ends the build at its n-th call, from 1 on."""
    triggered = count(1)

    def checkpoint() -> None:
        if next(triggered) == triggered_close:
            raise Stopped

    return checkpoint


def calls_of(config: Config) -> int:
    """Count the checkpoints of a build."""
    seen: list[None] = []
    JournalMaker().make(config, lambda: seen.append(None))
    return len(seen)


def test_a_build_ends_where_its_checkpoint_raises_and_leaves_nothing_wrong() -> None:
    """Ended at any of its checkpoints, again and again, a build leaves the next one the same bytes."""
    config = config_from_mapping(BASE)
    alone = bytes_of(Journal(config))
    triggered = calls_of(config)
    maker = JournalMaker()
    for triggered_close in [*range(1, triggered, triggered // 23), triggered]:
        with pytest.raises(Stopped):
            maker.make(config, stop_at(triggered_close))
        if triggered_close % 3 == 0:
            assert alone == bytes_of(maker.make(config))

    assert alone == bytes_of(maker.make(config, stop_at(triggered + 1)))


def test_checkpoints_lie_in_every_long_part() -> None:
    """Companies, months and template pools bring checkpoints of their own."""
    usual = calls_of(config_from_mapping({}))
    longer = calls_of(config_from_mapping({"global": {"period_months": 36}}))
    larger = calls_of(config_from_mapping({"companies": COMPANIES}))

    assert 200 < usual < longer
    assert larger > 3 * usual


STEPS = {
    *("lag_tables", "plan_closes", "start_cases", "count_closes", "count_cases", "fill_days"),
    *("start_corrected", "_tabulate"),
    *(
        "make_template_pools",
        "template_lines",
        "daily_sums",
        "opened",
        "_sum_templates",
        "posted_before",
    ),
    *("calculate_closes", "arrange_closes", "opening_balances", "plan_journal"),
}
"""Functions of a build that take long, or go through series, template pools, companies or closes."""


def test_every_long_step_has_checkpoints() -> None:
    """Nothing that grows with the configuration runs from end to end without one."""
    called: set[str] = set()
    JournalMaker().make(config_from_mapping(BASE), lambda: called.add(sys._getframe(1).f_code.co_name))

    assert STEPS == called


def test_threads_build_beside_one_another() -> None:
    """Equal and different journals, wanted at once of one maker, are those that are built alone."""
    configs = [config_from_mapping({**BASE, "global": {"seed": seed, "period_months": 2}}) for seed in (1, 2)]
    alone = [bytes_of(Journal(config)) for config in configs]
    maker = JournalMaker()
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda at: bytes_of(maker.make(configs[at % 2])), range(8)))

    assert alone * 4 == found
