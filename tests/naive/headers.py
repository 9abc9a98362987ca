"""Headers of entries, from the tables of the ledger, word by word."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw, make_key
from datasynth.generation.parties.naming import scrambled
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.calendars import FiscalCalendar, to_date
from datasynth.ledger.closes import REVERSAL_TYPE
from datasynth.ledger.exchange import local_limits, trading_currencies
from datasynth.ledger.processes import PARTNER_TYPES, SOURCES, WRONG_REVERSED, DayPart, Valuation, prefix_of
from datasynth.ledger.roles import APPROVERS, PERSONAS, is_program, role_sizes, role_users
from tests.naive import vendor_numbers
from tests.naive.journal_order import Days, own_numbers
from tests.naive.templates import REVERSAL, WRONG
from tests.naive.valued import Valuer, value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.generation.closes.entries import ClosingEntry
    from datasynth.generation.journal_plan import JournalPlan
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.generation.schedule.document_series import DocumentSeries

SERIES_BITS, VERSION_BITS = 40, 56
BY_HAND = {"manual", "adjustment", "reversal"}
CHOICES = 1 << 13
_SOURCE_BITS = 40
_NAMED = {"CL", "CF"}
_CARRIED = "CF"


@dataclass(frozen=True, slots=True)
class ProfileWords:
    """What a header says."""

    document_type: str
    process: str
    hand: str
    program: str
    text: str
    reference: str
    partner: str
    day_part: int
    period: int
    age: int
    in_batch: bool


def fiscal(plan: JournalPlan, day: int) -> tuple[int, int]:
    """Return fiscal year and period of a day since 1970-01-01."""
    calendar = FiscalCalendar(plan.config.general.fiscal_year_start_month)
    return calendar.year(to_date(day)), calendar.period(to_date(day))


def second_of_day(slot: int, slots: int, bits: int, table: Sequence[int]) -> int:
    """Return when the document in a slot is entered: a place on a broken line, rounded down."""
    drawn = Fraction(bits >> 32, 1 << 32)
    share = Fraction(int((slot + drawn) / slots * (1 << 32)), 1 << 32) * (len(table) - 1)
    segment = int(share)
    return table[segment] + int((table[segment + 1] - table[segment]) * (share - segment))


def busiest_first(size: int, bits: int) -> int:
    """Choose a partner from 64 bits: the k-th of them has a weight of ``k ** -0.9``."""
    weights = [(rank + 1) ** -0.9 for rank in range(size)]
    wanted = (bits * CHOICES // (1 << 64) + 0.5) / CHOICES * sum(weights)
    reached = 0.0
    for place, weight in enumerate(weights):
        reached += weight
        if wanted <= reached:
            return place
    return size - 1


def pick(users: Sequence[str], bits: int) -> str:
    """Choose one of some users."""
    return users[(bits >> 32) * len(users) >> 32]


class Headers:
    """Headers of the entries of an untriggered journal.

    Parameters
    ----------
    plan, placements
        The journal, and where its entries are.
    """

    def __init__(self, plan: JournalPlan, placements: Placements) -> None:
        self.plan = plan
        self.placements = placements
        self.valuer = Valuer(plan)
        personas = {name: getattr(plan.config.user_personas, name) for name in PERSONAS}
        self._staff = role_sizes(personas)
        self._parties = [plan.partners.party(code) for code in range(len(plan.partners))]
        self._dealt_with: dict[tuple[str, str, str], list[str]] = {}
        self._place = {
            (one.kind, one.case_company, one.case, one.step): at
            for at, one in enumerate(plan.schedule.document_series)
        }

    @cached_property
    def numbers(self) -> dict[tuple[int, int, int], tuple[int, int]]:
        """Own number and number of the order of every document, lead days included."""
        return own_numbers(Days(self.plan.schedule))

    @cached_property
    def _codes(self) -> dict[str, int]:
        return {partner: code for code, partner in enumerate(self.plan.partners)}

    def numbered(self, at: int, number: int, item: str, version: int = 0) -> tuple[int, bool]:
        """Return the number of an item's first document, and whether the partner prints another.

        A wrong document and its reversal open and clear an item of their own, but belong to
        the order of the right one.
        """
        series = self.plan.schedule.document_series[at]
        steps = series.case_kind.steps
        issuer = next(step for step, one in enumerate(steps) if item in one.items)
        place = self._place[series.kind, series.case_company, series.case, issuer]
        counted = self.numbers[place, number, 0][steps[issuer].reference != item]
        if version and place == at and steps[issuer].reference == item:
            counted = self.numbers[place, number, WRONG][0]
        return counted, steps[issuer].numbered_by == "partner"

    def printed(self, at: int, number: int, item: str, version: int = 0) -> str:
        """Return how an item of a series' document is printed."""
        counted, by_partner = self.numbered(at, number, item, version)
        if by_partner:
            vendor = self._codes[self.partner_of(at, number) or ""]
            return vendor_numbers.printed(self.plan.block_tables.styles, vendor, counted)
        return f"{prefix_of(item)}-{counted:010}"

    def age(self, entry: int) -> int:
        """Return how many days before it is posted a document is dated.

        A wrong document never has the date of the right one.
        """
        found = self._usual_age(entry, self.who(entry), self.day(entry))
        if self.version(entry) != WRONG:
            return found
        posted = self.day(entry)
        right = self.plan.schedule.horizon.first_day + int(self.placements.right_day[entry])
        of_right = self.who(entry) % (1 << VERSION_BITS)
        if posted - found == right - self._usual_age(entry, of_right, right):
            return found + (1 if posted - found >= posted else -1)
        return found

    def _usual_age(self, entry: int, who: int, day: int) -> int:
        """Return the age of a document that is posted on a day: the partner's habit, or a draw."""
        most = self.words(entry).age
        series, number = self.series(entry), int(self.placements.number[entry])
        if series.in_cases and series.posted.reference:
            issuer = series.case_kind.issuer(series.posted.reference)
            if series.case_kind.steps[issuer].numbered_by == "partner":
                vendor = self._codes[self.partner_of(int(self.placements.series[entry]), number) or ""]
                return vendor_numbers.billing_age(self.plan.block_tables.styles, vendor, day, most)
        return (draw(int(self.plan.block_tables.id_key), who, 6) >> 32) * (most + 1) >> 32

    def version(self, entry: int) -> int:
        """Return 0 for a right document, 1 for a wrong one, 2 for the reversal of one."""
        return int(self.placements.version[entry])

    def series(self, entry: int) -> DocumentSeries:
        """Return the series of an entry."""
        return self.plan.schedule.document_series[int(self.placements.series[entry])]

    def who(self, entry: int) -> int:
        """Return the number that tells an entry from all others."""
        right = (int(self.placements.series[entry]) << SERIES_BITS) + int(self.placements.number[entry])
        return (self.version(entry) << VERSION_BITS) + right

    def day(self, entry: int) -> int:
        """Return the posting date of an entry. [days since 1970-01-01]"""
        return self.plan.schedule.horizon.first_day + int(self.placements.day[entry])

    def closing_entry(self, entry: int) -> ClosingEntry | None:
        """Return the closing entry that an entry is, if it is one."""
        if self.series(entry).kind is not SeriesKind.CLOSE:
            return None
        return self.plan.closes.entries[int(self.placements.row[entry]) - self.plan.source.first_close]

    def words(self, entry: int) -> ProfileWords:
        """Look up what the header of an entry says."""
        series = self.series(entry)
        company = self.plan.config.companies[series.company]
        close = self.closing_entry(entry)
        if close is None:
            step, back = series.posted, self.version(entry) == REVERSAL
            text = f"{step.text}, {company.name}" if step.named else step.text
            return ProfileWords(
                document_type=WRONG_REVERSED if back else step.document_type,
                process=series.case_kind.process,
                hand=step.hand,
                program=step.program,
                text=f"Reversal: {text}" if back else text,
                reference=self._reference(entry),
                partner=series.case_kind.partner,
                day_part=int(DayPart.DAY if back else step.day_part),
                period=0,
                age=0 if back else step.age,
                in_batch=step.entry_mode in {"run", "standing"} and not back,
            )
        item, back = close.item, close.source == "reversal"
        text = f"Reversal: {item.text}" if back else item.text
        if close.document_type in _NAMED:
            text = f"{text}, {company.name}"
        at_night = back or close.document_type == _CARRIED
        return ProfileWords(
            document_type=REVERSAL_TYPE if back else close.document_type,
            process=item.process,
            hand=item.role,
            program=item.role,
            text=text,
            reference="",
            partner="",
            day_part=0 if at_night else int(item.day_part),
            period=13 if item.last_day and close.document_type != _CARRIED else 0,
            age=0,
            in_batch=at_night and is_program(item.role),
        )

    def _reference(self, entry: int) -> str:
        item = self.series(entry).posted.reference
        if not item:
            return ""
        at, number = int(self.placements.series[entry]), int(self.placements.number[entry])
        return self.printed(at, number, item, self.version(entry))

    def source(self, entry: int) -> str:
        """Return where an entry comes from: what is drawn, or what its close says."""
        close = self.closing_entry(entry)
        if close is not None:
            return close.source
        if self.version(entry) == REVERSAL:
            return "reversal"
        series = self.series(entry)
        drawn = draw(int(self.plan.block_tables.id_key), self.who(entry), 7) >> _SOURCE_BITS
        profile = self.plan.profiles.of_step[series.kind, series.case, series.step]
        chances = self.plan.profiles.tables.sources[
            profile, self.plan.block_tables.days.at_end[self.placements.day[entry]]
        ]
        return SOURCES[sum(drawn >= chance for chance in chances.tolist())]

    def total(self, entry: int) -> int:
        """Return the sum of an entry's debits in company currency, as its amounts follow. [minor units]"""
        at, number, day = (
            int(column[entry])
            for column in (self.placements.series, self.placements.number, self.placements.rate_day)
        )
        close = self.closing_entry(entry)
        if close is not None:
            return sum(max(amount, 0) for _, amount in close.lines)
        if self.valuer.valuation(at) is Valuation.SETTLES:
            return max(self.valuer.settled(at, number, day))
        gross = self.valuer.gross(at, number, self.version(entry))
        if self.valuer.valuation(at) is Valuation.LOCAL:
            return gross
        return value(gross, self.valuer.rate(at, day), *self.valuer.currencies(at))

    def people(self, entry: int) -> tuple[str, str | None, int]:
        """Return who entered an entry, who approved it and how long that took. [s]"""
        said = self.words(entry)
        company = self.plan.config.companies[self.series(entry).company]
        key, number = int(self.plan.block_tables.id_key), self.who(entry)
        by_hand = self.source(entry) in BY_HAND
        role = said.hand if by_hand else said.program
        creator = pick(self._holders(company.code, role), draw(key, number, 3))
        limits = local_limits(self.plan.config.approval.thresholds, company.currency)
        needed = [
            boss
            for boss, limit in zip(APPROVERS, limits, strict=False)
            if by_hand and self.total(entry) > limit
        ]
        if not needed:
            return creator, None, -1
        boss = needed[-1] if needed[-1] != role else APPROVERS[len(limits) - 1]
        wait = (draw(key, number, 5) >> 32) * 14_400 >> 32
        return creator, pick(self._holders(company.code, boss), draw(key, number, 4)), wait

    def partner(self, entry: int) -> str | None:
        """Return the id of the partner of an entry's case."""
        at = int(self.placements.series[entry])
        return self.partner_of(at, int(self.placements.number[entry]))

    def partner_of(self, at: int, number: int) -> str | None:
        """Return the id of the partner of one of a series' cases or single documents."""
        series = self.plan.schedule.document_series[at]
        kind = series.case_kind
        if not kind.partner:
            return None
        company = self.plan.config.companies[series.company]
        theirs, _ = self.valuer.currencies(self._abroad(at))
        mine = self._known(kind.partner, company.code, theirs)
        rank = busiest_first(len(mine), draw(int(self.plan.series.key[at]), number, 2))
        traded = (company.currency, *trading_currencies(company.currency)).index(theirs)
        seed, type_ = self.plan.config.general.seed, PARTNER_TYPES.index(kind.partner)
        return mine[
            scrambled(make_key(seed, "busy partners", type_, series.company, traded), rank, len(mine))
        ]

    def _known(self, kind: str, company: str, currency: str) -> list[str]:
        """List the partners of a kind that a company deals with in a currency."""
        if (kind, company, currency) not in self._dealt_with:
            self._dealt_with[kind, company, currency] = [
                party.partner_id
                for party in self._parties
                if (party.partner_type, party.company_code, party.currency) == (kind, company, currency)
            ]
        return self._dealt_with[kind, company, currency]

    def _abroad(self, at: int) -> int:
        """Return a series of the same case whose documents are in the case's own currency."""
        series = self.plan.schedule.document_series[at]
        if series.kind is SeriesKind.CASE and series.posted.currency is Valuation.SETTLES:
            return self.valuer.original(at)
        return at

    def _holders(self, company: str, role: str) -> tuple[str, ...]:
        return role_users(role, self._staff[role], company)
