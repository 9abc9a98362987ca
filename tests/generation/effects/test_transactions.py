"""Keys of `transactions`, the calendar's aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.generation.cases import case
from tests.generation.effects.worlds import LARGE, MONTH, WITHOUT, seen, transactions

if TYPE_CHECKING:
    from tests.generation.seen import Seen

CLOSES = ("SB", "AF", "CO", "IE", "SU", "AJ", "CL", "CF")
SOURCES = {"manual": 0.5, "automated": 0.3, "recurring": 0.05, "adjustment": 0.15}
USUAL_SOURCES = {"manual": 0.2, "automated": 0.6, "recurring": 0.15, "adjustment": 0.05}


def moved() -> Seen:
    """See a month with other amounts, lines, sources, reversals and currencies."""
    return seen(
        MONTH,
        transactions(
            line_items={"max_lines": 30},
            amounts={"min": 100, "max": 20_000, "round_number_bias": 0.6},
            sources=SOURCES,
            reversal_rate=0.09,
            foreign_currency_share=0.15,
        ),
    )


def test_transactions_target_count() -> None:
    """There are exactly so many entries."""
    assert [12_000, 3_000, 100] == [
        world.block.entries for world in (seen(MONTH), seen(MONTH, WITHOUT), case("a hundred entries"))
    ]


def test_transactions_line_items_max_lines() -> None:
    """No entry has more lines, closing entries aside, and some come near it; the default is 100."""
    for world, most in ((moved(), 30), (seen(MONTH), 100)):
        lines = world.lines[~np.isin(world.types, CLOSES)]

        assert 0.8 * most <= lines.max() <= most


def test_transactions_line_items_custom_distribution() -> None:
    """Entries have the numbers of lines that are asked for, in their shares."""
    world = seen(*LARGE)
    lines = world.lines[~np.isin(world.types, CLOSES)]
    shares = np.bincount(lines, minlength=13) / len(lines)
    usual = np.bincount(seen(MONTH).lines, minlength=13)[12] / seen(MONTH).block.entries

    assert 0.5 == pytest.approx(shares[2], abs=0.06)
    assert 0.15 == pytest.approx(shares[12], abs=0.04)
    assert usual < 0.01


def spend(world: Seen) -> np.ndarray:
    """Return what cash sales, card purchases and journals come to before tax. [units]"""
    own = np.isin(world.types, ["BV", "KK", "SA", "SR", "ZB", "SX"])
    own &= world.block.currency == np.array(world.words.company_currencies)[world.block.company]
    tax = np.add.reduceat(world.block.credit * world.on("output_tax"), world.block.first_line[:-1])
    return (world.totals - tax)[own] / 100


def test_transactions_amounts_min() -> None:
    """Nothing is smaller, and nothing piles up there; by default there is much that is."""
    usual, other = spend(seen(MONTH)), spend(moved())

    assert np.mean(usual < 100) > 0.1
    assert 100 <= other.min() < 110
    assert np.mean(other < 105) < 0.05


def test_transactions_amounts_max() -> None:
    """Nothing is larger, and nothing piles up there; by default there is something that is."""
    usual, other = spend(seen(MONTH)), spend(moved())

    assert usual.max() > 20_000
    assert 10_000 < other.max() <= 20_000
    assert np.mean(other > 19_000) < 0.01


@pytest.mark.parametrize("bias", [0.15, 0.6])
def test_transactions_amounts_round_number_bias(bias: float) -> None:
    """That share of transactions is in whole units or coarser, the larger the coarser."""
    world = seen(MONTH) if bias == 0.15 else moved()
    amounts = spend(world)
    whole = amounts == np.floor(amounts)
    large = amounts >= 2_000

    assert bias == pytest.approx(float(whole.mean()), abs=0.04)
    assert (amounts[whole & large] % 5 == 0).mean() > 0.8


def check_source(source: str) -> None:
    """Compare shares of a source among entries that reverse nothing, as configured and by default."""
    for world, shares in ((seen(MONTH), USUAL_SOURCES), (moved(), SOURCES)):
        usual = world.sources != "reversal"
        found = float(np.mean(world.sources[usual] == source))
        error = (shares[source] * (1 - shares[source]) / usual.sum()) ** 0.5

        assert shares[source] == pytest.approx(found, abs=4 * error)


def test_transactions_sources_manual() -> None:
    """What people enter has its share, within four standard errors."""
    check_source("manual")


def test_transactions_sources_automated() -> None:
    """What interfaces and batch jobs post has its share."""
    check_source("automated")


def test_transactions_sources_recurring() -> None:
    """What standing orders post has its share."""
    check_source("recurring")


def test_transactions_sources_adjustment() -> None:
    """Corrections and valuations have their share."""
    check_source("adjustment")


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.09])
def test_transactions_reversal_rate(rate: float) -> None:
    """That share of the entries is taken back by later ones, which are not counted themselves."""
    world = {0.02: seen(MONTH), 0.09: moved()}.get(rate) or seen(MONTH, WITHOUT)
    reversing = (world.block.reversal_high != 0) & (world.types != "SU")
    known = set(world.block.id_high.tolist())

    assert rate == pytest.approx(reversing.sum() / np.count_nonzero(~reversing), abs=0.003)
    assert {"AB"} >= set(world.types[reversing].tolist())
    assert set(world.block.reversal_high[reversing].tolist()) <= known


@pytest.mark.parametrize("share", [0.0, 0.035, 0.15])
def test_transactions_foreign_currency_share(share: float) -> None:
    """That share of the entries is in another currency than the company's, two of them."""
    world = {0.035: seen(MONTH), 0.15: moved()}.get(share) or seen(MONTH, WITHOUT)
    foreign = world.block.currency != world.words.company_currencies[0]

    assert share == pytest.approx(float(foreign.mean()), abs=0.003)
    assert (2 if share else 0) == len(set(world.block.currency[foreign].tolist()))
