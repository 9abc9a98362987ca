"""How the documents of leaves are summed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.books.leaf_books import LeafBooks, describe_books
from datasynth.generation.kernels.counts import CLASSES, LEAD_DAYS
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.processes import Valuation

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from tests.naive.headers import Headers


def books_of(ground: Ground, at: int) -> LeafBooks:
    """Describe one leaf."""
    return describe_books(ground.config, ground.schedule, ground.sheet, ground.chart, ground.rates, at)


def test_chains_are_summed_by_their_starts_and_windows(ground: Ground) -> None:
    """Chains count from the first lead day and are posted by their lag table."""
    schedule = ground.schedule
    for at, leaf in enumerate(schedule.leaves):
        if leaf.kind is LeafKind.CHAIN:
            books = books_of(ground, at)
            assert 0 == books.lead
            assert schedule.starts[leaf.origin, leaf.chain].tolist() == books.upto.tolist()
            assert np.array_equal(schedule.windows[books.window], books.windows)
            assert schedule.leaf_window[at] == books.window


def test_single_documents_are_summed_by_their_days(ground: Ground) -> None:
    """Single documents count from the first day, and are posted on the day on which they count."""
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.SINGLE:
            books = books_of(ground, at)
            assert LEAD_DAYS == books.lead
            assert ground.schedule.before[:, at].tolist() == books.upto.tolist()
            assert -1 == books.window == books.settled_window
            assert (0, CLASSES) == books.windows.shape == books.settled.shape


def test_settlements_are_summed_by_what_they_settle(ground: Ground, headers: Headers) -> None:
    """Amounts and days come from the foreign document's rows and lag table, sides from the settlement."""
    only = ground.chart.only
    found = 0
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is not LeafKind.CHAIN or headers.valuer.valuation(at) is not Valuation.SETTLES:
            continue
        books, original = books_of(ground, at), headers.valuer.original(at)
        step = leaf.posted
        assert Valuation.SETTLES == books.valuation
        assert ground.sheet.leaf_row[original] == books.first_row
        assert np.array_equal(ground.schedule.windows[ground.schedule.leaf_window[original]], books.settled)
        assert np.array_equal(ground.schedule.windows[books.settled_window], books.settled)
        assert [
            2 * only(step.debit[0].pool),
            2 * only(step.credit[0].pool) + 1,
            2 * only("exchange_loss"),
            2 * only("exchange_gain") + 1,
        ] == books.sides.tolist()
        assert (leaf.document_type == "DZ") == books.receives
        assert headers.valuer.currencies(at) == ground.rates.pairs[books.rate]
        found += 1
    assert 3 * 4 + 2 == found


def test_everything_else_is_summed_as_the_sheet_has_it(ground: Ground, headers: Headers) -> None:
    """Sides and rows of the leaf's own step; no rate for documents in the company's currency."""
    for at, leaf in enumerate(ground.schedule.leaves):
        if leaf.kind is LeafKind.CLOSE or headers.valuer.valuation(at) is Valuation.SETTLES:
            continue
        books = books_of(ground, at)
        assert headers.valuer.valuation(at) == books.valuation
        assert ground.sheet.sides[at].tolist() == books.sides.tolist()
        assert ground.sheet.leaf_row[at] == books.first_row
        assert (books.valuation is Valuation.LOCAL) == (books.rate < 0)
        assert 0 == len(books.settled)
