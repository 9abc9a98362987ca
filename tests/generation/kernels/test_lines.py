"""Lines of blocks, against lines spelt out one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.block import ABSENT
from tests.naive import lines as naive

if TYPE_CHECKING:
    from datasynth.generation.block import Block
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located

STEP = 7


def spelt(ground: Ground, block: Block, line: int) -> naive.Line:
    """Put the words of a block's line for its codes."""
    words = ground.book.vocabulary
    kind = int(block.assignment_kind[line])
    found: naive.Line = {
        "account": words.accounts[block.account[line]],
        "line_text": words.line_texts[block.line_text[line]],
        "assignment": None
        if kind == ABSENT
        else f"{words.reference_kinds[kind]}-{block.assignment_number[line]}",
        "value_day": None if block.value_day[line] == ABSENT else int(block.value_day[line]),
    }
    for name in ("debit", "credit", "local_amount"):
        found[name] = int(getattr(block, name)[line])
    for name, known in (
        ("cost_center", words.cost_centers),
        ("profit_center", words.profit_centers),
        ("partner", words.partners),
    ):
        code = int(getattr(block, name)[line])
        found[name] = None if code == ABSENT else known[code]
    return found


def test_lines_are_those_of_the_plain_twin(ground: Ground, located: Located, block: Block) -> None:
    """Every column of the lines of every seventh entry, and of all closing entries."""
    chosen = [
        entry
        for entry in range(block.entries)
        if entry % STEP == 0 or located.row[entry] >= ground.first_close
    ]
    for entry in chosen:
        run = range(int(block.first_line[entry]), int(block.first_line[entry + 1]))

        assert naive.lines(ground, located, entry) == [spelt(ground, block, line) for line in run]


def test_there_are_no_taxes(block: Block) -> None:
    """No line has a tax code, and so none has an amount of tax."""
    assert {ABSENT} == set(block.tax_code.tolist())
    assert {0} == set(block.tax_amount.tolist())


def test_trading_partners_stand_on_intercompany_entries(ground: Ground, block: Block) -> None:
    """Lines of intercompany entries name the other company of the ring, no others do."""
    found = set()
    for entry in range(block.entries):
        mine = slice(int(block.first_line[entry]), int(block.first_line[entry + 1]))
        others = set(block.trading_partner[mine].tolist())
        if ground.book.vocabulary.document_types[block.document_type[entry]] == "IC":
            found.add((int(block.company[entry]), *others))
        else:
            assert {ABSENT} == others

    assert {(1, 2), (2, 1)} == found
