"""Headers of entries, from the tables of the ledger, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from datasynth.generation.schedule.leaves import LeafKind
from datasynth.ledger.calendars import FiscalCalendar, to_date
from datasynth.ledger.roles import APPROVAL_LIMITS, APPROVERS, users_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.ground import Ground
    from datasynth.generation.located import Located

LEAF_BITS = 40
NAMED = {"PY", "CL", "CF"}


@dataclass(frozen=True, slots=True)
class Words:
    """What a header says."""

    document_type: str
    source: str
    process: str
    role: str
    text: str
    reference: str
    partner: str
    band: int
    period: int


def who(located: Located, entry: int) -> int:
    """Return the number that tells an entry from all others."""
    return (int(located.leaf[entry]) << LEAF_BITS) + int(located.number[entry])


def closing_entry(ground: Ground, located: Located, entry: int) -> ClosingEntry | None:
    """Return the closing entry that an entry is, if it is one."""
    if ground.schedule.leaves[located.leaf[entry]].kind is not LeafKind.CLOSE:
        return None
    return ground.closes.entries[int(located.row[entry]) - ground.first_close]


def words(ground: Ground, located: Located, entry: int) -> Words:
    """Look up what the header of an entry of the untriggered journal says."""
    leaf = ground.schedule.leaves[located.leaf[entry]]
    company = ground.config.companies[leaf.company]
    close = closing_entry(ground, located, entry)
    if close is None:
        kind = leaf.chain_kind
        step = kind.steps[leaf.step]
        text = f"{step.text}, {company.name}" if step.document_type in NAMED else step.text
        partner = kind.partner
        return Words(
            *(step.document_type, step.source, step.process, step.role, text),
            *(step.reference, partner, int(step.band), 0),
        )
    text = f"Reversal: {close.item.text}" if close.source == "reversal" else close.item.text
    if close.document_type in NAMED:
        text = f"{text}, {company.name}"
    at_night = close.source == "reversal" or close.document_type == "CF"
    period = 13 if close.item.last_day and close.document_type != "CF" else 0
    return Words(
        *(close.document_type, close.source, close.item.process, close.item.role, text),
        *("", "", 0 if at_night else int(close.item.band), period),
    )


def fiscal(ground: Ground, day: int) -> tuple[int, int]:
    """Return fiscal year and period of a day since 1970-01-01."""
    calendar = FiscalCalendar(ground.config.general.fiscal_year_start_month)
    return calendar.year(to_date(day)), calendar.period(to_date(day))


def second_of_day(slot: int, slots: int, bits: int, table: Sequence[int]) -> int:
    """Return when the document in a slot is entered: a place on a broken line, rounded down."""
    drawn = Fraction(bits >> 32, 1 << 32)
    share = Fraction(int((slot + drawn) / slots * (1 << 32)), 1 << 32) * (len(table) - 1)
    segment = int(share)
    return table[segment] + int((table[segment + 1] - table[segment]) * (share - segment))


def _pick(users: Sequence[str], bits: int) -> str:
    return users[(bits >> 32) * len(users) >> 32]


def _holders(company: str, role: str) -> list[str]:
    return [user for user in users_of(company) if user.startswith(f"{role}.")]


def people(
    ground: Ground, located: Located, entry: int, total: int, unit: int
) -> tuple[str, str | None, int]:
    """Return who entered, who approved and how long that took, of an entry of so many minor units."""
    said = words(ground, located, entry)
    code = ground.config.companies[ground.schedule.leaves[located.leaf[entry]].company].code
    key, number = int(ground.id_key), who(located, entry)
    creator = _pick(_holders(code, said.role), draw(key, number, 3))
    needed = [role for role, limit in zip(APPROVERS, APPROVAL_LIMITS, strict=True) if total > limit * unit]
    if said.source not in {"manual", "adjustment"} or not needed:
        return creator, None, -1
    boss = needed[-1] if needed[-1] != said.role else APPROVERS[-1]
    wait = (draw(key, number, 5) >> 32) * 14_400 >> 32
    return creator, _pick(_holders(code, boss), draw(key, number, 4)), wait
