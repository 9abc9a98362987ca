"""Sources of documents."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.profiles.entry_sources import BITS, fit_sources, fixed_source
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.schedule.scheduling import Schedule, make_schedule
from datasynth.ledger.processes import SINGLE_KINDS, SOURCES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.config import Config
    from datasynth.generation.block import Block
    from datasynth.generation.journal import Journal
    from datasynth.generation.profiles.entry_sources import StepKey

    Chances = Mapping[StepKey, NDArray[np.int64]]

WHOLE = 1 << BITS
FREE = SOURCES[:-1]


def shares_of(chances: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the share of each source but reversals, on other days and on the last of a period."""
    return np.diff(np.concatenate([np.zeros((2, 1), dtype=np.int64), chances], axis=1), axis=1) / WHOLE


def fitted(**patch: dict[str, float]) -> tuple[Config, Schedule, NDArray[np.int8], Chances]:
    """Fit the sources of a small stream with other transactions; every tenth day ends a period."""
    config = config_from_mapping(
        {"global": {"period_months": 2}, "transactions": {"target_count": 20_000, **patch}}
    )
    schedule = make_schedule(config)
    day_end = (np.arange(schedule.horizon.days) % 10 == 9).astype(np.int8)
    return config, schedule, day_end, fit_sources(config, schedule, day_end, {})


def expected(schedule: Schedule, day_end: NDArray[np.int8], chances: Chances) -> dict[str, float]:
    """Return the shares of the sources among all documents that reverse nothing, closes aside."""
    daily, wrong = np.diff(schedule.before, axis=0), schedule.wrong.by_series()
    sums = np.zeros(len(FREE))
    for at, series in enumerate(schedule.document_series):
        if series.in_cases:
            for end in (0, 1):
                # Wrong documents are entered like right ones.
                documents = int(daily[day_end == end, at].sum()) + (1 - end) * int(wrong[at])
                sums += documents * shares_of(chances[series.kind, series.case, series.step])[end]
    return dict(zip(FREE, (sums / sums.sum()).tolist(), strict=True))


@pytest.mark.parametrize(
    "wanted",
    [
        {"manual": 0.2, "automated": 0.6, "recurring": 0.15, "adjustment": 0.05},
        {"manual": 0.9, "automated": 0.05, "recurring": 0.05, "adjustment": 0.0},
        {"manual": 0.0, "automated": 0.0, "recurring": 1.0, "adjustment": 0.0},
    ],
)
def test_all_documents_together_have_the_configured_shares(wanted: dict[str, float]) -> None:
    """Whatever the configuration asks for, from whatever documents."""
    _, schedule, day_end, chances = fitted(sources=wanted)

    assert wanted == pytest.approx(expected(schedule, day_end, chances), abs=1e-4)


def test_closes_count_among_the_configured_shares() -> None:
    """What closes have of a source anyway, other documents have less of."""
    config, schedule, day_end, _ = fitted()
    closing = 1_000
    wrong = schedule.wrong.by_series()
    free = sum(
        int(schedule.before[-1, at]) + int(wrong[at])
        for at, series in enumerate(schedule.document_series)
        if series.in_cases
    )
    chances = fit_sources(config, schedule, day_end, {"recurring": closing})
    share = expected(schedule, day_end, chances)["recurring"]

    assert config.transactions.sources.recurring == pytest.approx(
        (share * free + closing) / (free + closing), abs=1e-4
    )


def test_documents_keep_to_their_manner() -> None:
    """Cash sales are more often automated than journals, standing orders more often recurring."""
    _, _, _, chances = fitted()
    by_name = {
        kind.name: shares_of(chances[SeriesKind.SINGLE, number, 0])[0]
        for number, kind in enumerate(SINGLE_KINDS)
    }
    automated, recurring, adjustment = (
        {name: float(found[SOURCES.index(source)]) for name, found in by_name.items()}
        for source in ("automated", "recurring", "adjustment")
    )

    assert automated["cash_sale"] > 0.5 > automated["journal"]
    assert "standing_order" == max(recurring, key=recurring.__getitem__)
    assert adjustment["journal"] > 10 * adjustment["cash_sale"]


@pytest.mark.parametrize("factor", [1.0, 1.5, 2.5])
def test_more_is_entered_by_hand_at_the_end_of_a_period(factor: float) -> None:
    """Of what those days bring, so many times as much as if it came on others; in all, shares are met."""
    config, schedule, day_end, chances = fitted(temporal={"period_end_manual_factor": factor})
    daily = np.diff(schedule.before, axis=0)[day_end == 1]
    by_hand = [FREE.index(source) for source in ("manual", "adjustment")]
    sums = np.zeros(2)
    for at, series in enumerate(schedule.document_series):
        if series.in_cases:
            shares = shares_of(chances[series.kind, series.case, series.step])[:, by_hand]
            sums += int(daily[:, at].sum()) * shares.sum(axis=1)
    found = expected(schedule, day_end, chances)

    assert factor == pytest.approx(float(sums[1] / sums[0]), rel=0.01)
    assert found["manual"] == pytest.approx(config.transactions.sources.manual, abs=1e-4)


def test_chances_are_cumulated_to_the_whole() -> None:
    """They never fall and end with certainty."""
    _, _, _, chances = fitted()
    for found in chances.values():
        assert (2, len(FREE)) == found.shape
        assert np.diff(found, axis=1).min() >= 0
        assert {WHOLE} == set(found[:, -1].tolist())


@pytest.mark.parametrize("source", SOURCES)
def test_a_fixed_source_is_always_the_same(source: str) -> None:
    """Whatever is drawn, the number of chances that are not above it is the source's place."""
    chances = fixed_source(source)
    for drawn in (0, WHOLE // 2, WHOLE - 1):
        assert [SOURCES.index(source)] * 2 == (chances <= drawn).sum(axis=1).tolist()


def test_entries_have_the_configured_sources(usual: Journal, usual_block: Block) -> None:
    """Of the journal's entries that reverse nothing, each source has its share within four deviations."""
    counts = Counter(np.array(usual.vocabulary.sources)[usual_block.source].tolist())
    whole = sum(counts[source] for source in FREE)
    for source in FREE:
        share = getattr(usual.config.transactions.sources, source)
        assert counts[source] / whole == pytest.approx(share, abs=4 * (share * (1 - share) / whole) ** 0.5)
    reversed_ = (usual_block.reversal_high > 0).sum()
    assert reversed_ == counts["reversal"]
