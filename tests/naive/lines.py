"""Lines of entries, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from tests.naive.headers import closing_entry, words

if TYPE_CHECKING:
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located

CENTERS = 96
UNITS = 8
Line = dict[str, int | str | None]


def partner_of(ground: Ground, located: Located, entry: int) -> str | None:
    """Return the id of the chain's partner."""
    said = words(ground, located, entry)
    if not said.partner:
        return None
    at = int(located.leaf[entry])
    company = ground.schedule.leaves[at].company
    prefix = f"{said.partner[0].upper()}{company + 1:02}"
    mine = [partner for partner in ground.book.vocabulary.partners if partner.startswith(prefix)]
    kind = ["customer", "vendor", "employee"].index(said.partner)
    bits = draw(int(ground.leaves.key[at]), int(located.number[entry]), 2)
    place = bits * ground.partner_choice.shape[1] >> 64
    return mine[int(ground.partner_choice[kind, place])]


def lines(ground: Ground, located: Located, entry: int) -> list[Line]:
    """Spell out the lines of an entry of the untriggered journal, words for codes."""
    at, row = int(located.leaf[entry]), int(located.row[entry])
    leaf = ground.schedule.leaves[at]
    close = closing_entry(ground, located, entry)
    said = words(ground, located, entry)
    bits = draw(int(ground.leaves.key[at]), int(located.number[entry]), 3)
    offset = (bits >> 32) * CENTERS >> 32
    begin, end = int(ground.rows.offsets[row]), int(ground.rows.offsets[row + 1])
    sides = int(ground.rows.debits[row])
    found: list[Line] = []
    for place in range(end - begin):
        account = ground.chart.accounts[int(ground.rows.account[begin + place])]
        amount = int(ground.rows.amount[begin + place])
        if place in {0, sides}:
            amount += int(located.shift[entry])
        partner, text = None, "" if close is None else close.item.text
        if close is None:
            step = leaf.chain_kind.steps[leaf.step]
            posting = (*step.debit, *step.credit)[int(ground.rows.posting[begin + place])]
            text = posting.text
            partner = partner_of(ground, located, entry) if posting.partner else None
        center = None
        if account.of_result:
            allocated = close is not None and close.item.basis.name == "ALLOCATION"
            center = (place if allocated else offset + ground.chart.accounts.index(account)) % CENTERS
        assigned = bool(said.reference) and not account.of_result
        found.append(
            {
                "account": account.code,
                "debit": amount if place < sides else 0,
                "credit": 0 if place < sides else amount,
                "local_amount": amount if place < sides else -amount,
                "cost_center": None if center is None else f"CC{center + 1:04}",
                "profit_center": None if center is None else f"PC{center // UNITS + 1:03}",
                "partner": partner,
                "assignment": f"{said.reference}-{int(located.number[entry]) + 1}" if assigned else None,
                "line_text": text,
                "value_day": located_day(ground, located, entry) if account.code == "1010" else None,
            }
        )
    return found


def located_day(ground: Ground, located: Located, entry: int) -> int:
    """Return the posting date of an entry. [days since 1970-01-01]"""
    return ground.schedule.horizon.first_day + int(located.day[entry])
