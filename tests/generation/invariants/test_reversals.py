"""What takes another entry back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from tests.generation.cases import case

if TYPE_CHECKING:
    from tests.generation.seen import Seen

SWAPPED = ("account", "cost_center", "partner", "trading_partner", "assignment_kind", "assignment_number")


def links(seen: Seen) -> list[tuple[int, int]]:
    """Return each reversal and the entry whose id it names."""
    block = seen.block
    ids = zip(block.id_high.tolist(), block.id_low.tolist(), strict=True)
    place = {halves: entry for entry, halves in enumerate(ids)}
    return [
        (entry, place[int(block.reversal_high[entry]), int(block.reversal_low[entry])])
        for entry in np.flatnonzero(block.reversal_high | block.reversal_low).tolist()
    ]


def moved(seen: Seen, entry: int, sign: int) -> list[tuple[int, ...]]:
    """Return what the lines of an entry post, or what would take it back, in an order of its own."""
    block = seen.block
    lines = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
    amounts = sign * (block.debit[lines] - block.credit[lines]), sign * block.local_amount[lines]
    columns = [*amounts, *(getattr(block, name)[lines] for name in SWAPPED)]
    return sorted(zip(*(column.tolist() for column in columns), strict=True))


def test_reversals_swap_the_sides_of_their_originals(seen: Seen) -> None:
    """Line by line, with accounts, partners, items and cost centres, in both currencies."""
    for entry, original in links(seen):
        assert moved(seen, original, 1) == moved(seen, entry, -1)


def test_reversals_come_after_originals_of_their_own_company(seen: Seen) -> None:
    """What is taken back is an earlier entry of an earlier day, in the same books and currency."""
    block = seen.block
    for entry, original in links(seen):
        assert original < entry
        assert block.posting_day[original] < block.posting_day[entry]
        assert block.company[original] == block.company[entry]
        assert block.currency[original] == block.currency[entry]
        assert block.exchange_rate[original] == block.exchange_rate[entry]


def test_an_entry_is_taken_back_once(seen: Seen) -> None:
    """No entry is reversed twice, and no reversal is reversed."""
    found = links(seen)
    originals = [original for _, original in found]

    assert len(originals) == len(set(originals))
    assert not set(originals) & {entry for entry, _ in found}


def test_reversals_are_a_source_of_their_own(seen: Seen) -> None:
    """Types AB and SU and the source say what links say; so do triggered entries that are taken back."""
    linked = np.zeros(seen.block.entries, dtype=bool)
    linked[[entry for entry, _ in links(seen)]] = True

    assert np.array_equal(linked, seen.sources == "reversal")
    assert set(seen.types[linked].tolist()) <= {"AB", "SU", "XR"}
    assert linked[np.isin(seen.types, ["AB", "SU"])].all()


def test_accruals_are_taken_back_on_the_first_day_of_the_next_period(seen: Seen) -> None:
    """What the calendar's closes and triggered ones accrue comes back when the next month begins."""
    days = seen.dates
    accruals = [(entry, original) for entry, original in links(seen) if seen.types[entry] in {"SU", "XR"}]
    for entry, original in accruals:
        first, last = days[entry], days[original]
        assert 1 == first.day
        assert 1 == (first.year - last.year) * 12 + first.month - last.month


def test_accruals_of_every_kind_come_back(seen: Seen) -> None:
    """Each accrual and each revaluation has its reversal, unless the next period lies past the end."""
    taken = {original for _, original in links(seen)}
    accrual = np.char.find(seen.header_texts, "Accrual of") == 0
    accrual |= np.char.find(seen.header_texts, "Revaluation of") == 0
    accrual |= seen.header_texts == "Goods received, invoice outstanding"
    accrual &= seen.header_texts != "Accrual of bonuses"
    dates = seen.dates
    for entry in np.flatnonzero(accrual & np.isin(seen.types, ["SB", "XC"])).tolist():
        in_last_month = dates[entry].replace(day=1) == dates[-1].replace(day=1)
        assert in_last_month != (entry in taken)


def test_every_type_is_reversed_as_often_as_configured() -> None:
    """Of the documents of each type the configured share is wrong, within three standard deviations."""
    seen = case("a year")
    usual = (seen.block.pattern == ABSENT) & (seen.sources != "reversal")
    wrong = [original for entry, original in links(seen) if seen.types[entry] == "AB"]
    judged = 0
    for document_type in set(seen.types[usual].tolist()):
        documents = int(np.count_nonzero(usual & (seen.types == document_type)))
        found = int(np.count_nonzero(seen.types[wrong] == document_type))
        judged += documents >= 1_000
        if documents >= 1_000:
            assert abs(found - 0.02 * documents) <= 3 * np.sqrt(0.02 * 0.98 * documents)
    assert judged > 5


def test_large_reversals_are_approved(seen: Seen) -> None:
    """Whoever entered the original, a person takes it back, and another one approves above the limit."""
    block = seen.block
    totals = np.add.reduceat(np.maximum(block.local_amount, 0), block.first_line[:-1])
    unapproved = np.flatnonzero((seen.sources == "reversal") & (block.approved_by < 0))
    approved = np.flatnonzero((seen.sources == "reversal") & (block.approved_by >= 0))
    for company in set(block.company.tolist()):
        high = totals[unapproved[block.company[unapproved] == company]]
        low = totals[approved[block.company[approved] == company]]
        if len(high) and len(low):
            assert high.max() < low.min()
