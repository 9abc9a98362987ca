"""Codes of headers, against words looked up in the tables of the ledger."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.columns.codes import CHOICE_BITS
from datasynth.generation.kernels.columns.headers import uuid_high, uuid_low
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.processes import Valuation
from tests.naive.encoding import numbered
from tests.naive.headers import CHOICES
from tests.naive.templates import REVERSAL, WRONG

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers


def test_words_are_those_of_the_tables(plan: JournalPlan, headers: Headers, block: Block) -> None:
    """Company, type, process, text and reference of every entry."""
    vocabulary = plan.vocabulary
    for entry in range(block.entries):
        said = headers.words(entry)
        reference = numbered(
            vocabulary.reference_kinds, block.reference_kind[entry], block.reference_number[entry]
        )
        company = plan.config.companies[headers.series(entry).company]

        assert company.code == vocabulary.companies[block.company[entry]]
        assert said.document_type == vocabulary.document_types[block.document_type[entry]]
        assert said.process == vocabulary.processes[block.process[entry]]
        assert said.text == vocabulary.header_texts[block.header_text[entry]]
        assert said.reference == (reference or "")


def test_sources_are_drawn_from_the_chances_of_the_day(
    plan: JournalPlan, headers: Headers, block: Block
) -> None:
    """Each entry has the source that its draw falls on, with other chances at the end of a period."""
    at_end = 0
    for entry in range(block.entries):
        assert headers.source(entry) == plan.vocabulary.sources[block.source[entry]]
        at_end += int(plan.block_tables.days.at_end[headers.placements.day[entry]])
    assert 0 < at_end < block.entries


def test_documents_abroad_have_their_currency_and_the_rate_of_their_day(
    plan: JournalPlan, placements: Placements, headers: Headers, block: Block
) -> None:
    """Everything else, what settles them included, is in the company's currency at par."""
    foreign = 0
    for entry in range(block.entries):
        at = int(placements.series[entry])
        theirs, own = headers.valuer.currencies(at)
        currency, rate = own, Fraction(1)
        if headers.valuer.valuation(at) is Valuation.FOREIGN:
            currency, rate = theirs, headers.valuer.rate(at, int(placements.rate_day[entry]))
            foreign += 1

        assert currency == plan.vocabulary.currencies[block.currency[entry]]
        assert rate == Fraction(int(block.exchange_rate[entry]), 10 ** int(block.rate_places[entry]))
    assert foreign > 300


def test_reversals_of_closes_name_the_entry_that_they_take_back(
    plan: JournalPlan, placements: Placements, headers: Headers, block: Block
) -> None:
    """A reversal has the UUID of its close's entry of the same item."""
    originals = [(at, entry) for at, entry in enumerate(plan.closes.entries) if entry.source != "reversal"]
    found = 0
    for place in range(block.entries):
        close = headers.closing_entry(place)
        if close is None:
            continue
        linked = (int(block.reversal_high[place]), int(block.reversal_low[place]))
        if close.source != "reversal":
            assert (0, 0) == linked
            continue
        _, at = max(
            (other.day, at)
            for at, other in originals
            if (other.company, other.item) == (close.company, close.item) and other.day < close.day
        )
        original = int(np.flatnonzero(placements.row == plan.source.first_close + at)[0])
        who = np.uint64(headers.who(original))
        assert (
            int(uuid_high(plan.block_tables.id_key, who)),
            int(uuid_low(plan.block_tables.id_key, who)),
        ) == linked
        found += 1
    assert found > 20


def test_reversals_of_cases_name_the_document_of_their_case(
    plan: JournalPlan, placements: Placements, headers: Headers, block: Block
) -> None:
    """A reversal has the UUID of the wrong document of its case's step; all others have none."""
    wrong = {
        (int(placements.series[entry]), int(placements.number[entry])): headers.who(entry)
        for entry in np.flatnonzero(placements.version == WRONG).tolist()
    }
    found = 0
    for entry in range(block.entries):
        if headers.series(entry).kind is SeriesKind.CLOSE:
            continue
        expected = (0, 0)
        if placements.version[entry] == REVERSAL:
            who = np.uint64(wrong[int(placements.series[entry]), int(placements.number[entry])])
            expected = (
                int(uuid_high(plan.block_tables.id_key, who)),
                int(uuid_low(plan.block_tables.id_key, who)),
            )
            found += 1

        assert expected == (block.reversal_high[entry], block.reversal_low[entry])
    assert len(wrong) == found > 150


def test_batches_are_the_runs_of_a_day(placements: Placements, headers: Headers, block: Block) -> None:
    """Runs of a company, type and day part share a batch number, whatever kind their cases are of."""
    batches: dict[int, tuple[object, ...]] = {}
    kinds: dict[int, set[int]] = {}
    for entry in range(block.entries):
        series = headers.series(entry)
        run = (int(placements.day[entry]), *series.group)
        batch = int(block.batch[entry])
        if headers.words(entry).in_batch:
            assert batch > 0
            assert run == batches.setdefault(batch, run)
            kinds.setdefault(batch, set()).add(series.case)
        else:
            assert batch == ABSENT
    assert len(batches) == len(set(batches.values())) > 100
    assert max(map(len, kinds.values())) >= 3


def test_partners_are_chosen_from_a_table_that_the_twin_knows() -> None:
    """The twin reads as many places of the table as there are."""
    assert CHOICES == 1 << CHOICE_BITS
