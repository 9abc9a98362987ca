"""Lines of blocks, against lines spelt out one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.materialise import materialise
from datasynth.ledger.processes import Valuation
from datasynth.ledger.taxes import tax_regime
from tests.naive import lines as naive
from tests.naive.encoding import numbered

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from tests.naive.headers import Headers

STEP = 5


def spelt(plan: JournalPlan, block: Block, line: int) -> naive.Line:
    """Put the words of a block's line for its codes."""
    words = plan.vocabulary
    found: naive.Line = {
        "account": words.accounts[block.account[line]],
        "line_text": words.line_texts[block.line_text[line]],
        "assignment": numbered(
            words.reference_kinds, block.assignment_kind[line], block.assignment_number[line]
        ),
        "value_day": None if block.value_day[line] == ABSENT else int(block.value_day[line]),
    }
    for name in ("debit", "credit", "local_amount", "tax_amount"):
        found[name] = int(getattr(block, name)[line])
    for name, known in (
        ("cost_center", words.cost_centers),
        ("profit_center", words.profit_centers),
        ("partner", words.partners),
        ("trading_partner", words.companies),
        ("tax_code", words.tax_codes),
    ):
        code = int(getattr(block, name)[line])
        found[name] = None if code == ABSENT else known[code]
    return found


def test_lines_are_those_of_the_plain_twin(
    plan: JournalPlan, placements: Placements, headers: Headers, block: Block
) -> None:
    """Every column of the lines of every fifth entry, of all closes, trade abroad and wrong documents."""
    local = plan.series.valuation[placements.series] == Valuation.LOCAL
    chosen = np.flatnonzero(
        (np.arange(block.entries) % STEP == 0)
        | ~local
        | (placements.row >= plan.source.first_close)
        | (placements.version > 0)
    )
    for entry in chosen.tolist():
        run = range(int(block.first_line[entry]), int(block.first_line[entry + 1]))

        assert naive.lines(headers, entry) == [spelt(plan, block, line) for line in run]


def test_every_line_has_one_side_and_every_entry_balances(block: Block) -> None:
    """In the document's currency and in the company's, whatever the variation and the rate."""
    starts = block.first_line[:-1]

    assert ((block.debit > 0) ^ (block.credit > 0)).all()
    assert (np.sign(block.local_amount) == np.where(block.debit > 0, 1, -1)).all()
    assert not np.add.reduceat(block.debit - block.credit, starts).any()
    assert not np.add.reduceat(block.local_amount, starts).any()


def test_tax_is_its_rate_of_what_it_is_levied_on(plan: JournalPlan, block: Block) -> None:
    """Whatever the variation, the tax is the country's rate of the lines beside it, to the minor unit."""
    words = plan.vocabulary
    varied = 0
    for entry in np.unique(np.searchsorted(block.first_line, np.flatnonzero(block.tax_amount), "right") - 1):
        run = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
        kind = words.document_types[block.document_type[entry]]
        if kind not in {"RV", "DR", "KR", "BV"}:
            continue
        country = plan.config.companies[block.company[entry]].country
        tax = int(block.tax_amount[run].sum())
        base = int(block.debit[run].sum()) - tax

        assert (base * tax_regime(country).permille + 500) // 1_000 == tax
        varied += 1
    assert varied > 500


def test_sides_with_tax_show_what_they_post(block: Block) -> None:
    """The amount of tax of a line is what the line posts; lines without a code have none."""
    taxed = block.tax_code != ABSENT

    assert np.array_equal((block.debit + block.credit)[taxed], block.tax_amount[taxed])
    assert not block.tax_amount[~taxed].any()
    assert taxed.any()


def test_nothing_is_an_amount_like_any_other(plan: JournalPlan, placements: Placements) -> None:
    """A settlement of what was booked at nil has a line of nil, not what the template has."""
    settles = plan.series.valuation[placements.series] == Valuation.SETTLES
    booked = np.where(settles, 0, placements.booked)
    emptied = placements._replace(booked=booked, paid=np.where(settles, 7, placements.paid))
    found = materialise(plan, plan.source, emptied, 0, ABSENT)
    amounts = (found.debit + found.credit)[np.repeat(settles, np.diff(placements.first_line))]

    assert {0, 7} == set(amounts.tolist())
