"""Document profiles: what all documents of a kind have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.block import ABSENT
from datasynth.generation.kernels.columns.codes import Profiles
from datasynth.generation.kernels.valued import BOOKED, DIFFERENCE, PAID
from datasynth.generation.profiles.entry_sources import STEPS, fixed_source
from datasynth.generation.profiles.vocabulary import ProfileWords
from datasynth.ledger.closes import (
    CARRY_FORWARD,
    CLOSING_ITEMS,
    ON_DEMAND_TYPES,
    REVERSAL_TYPE,
    TRUE_UPS,
    Basis,
    ClosingItem,
)
from datasynth.ledger.processes import (
    PROCESSES,
    WRONG_REVERSED,
    DayPart,
    Valuation,
    numbered_by_partner,
    prefix_of,
)
from datasynth.ledger.references import VENDOR_STYLES, own_kind
from datasynth.ledger.roles import ROLES, is_program
from datasynth.ledger.taxes import INPUT, OUTPUT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from datasynth.generation.profiles.entry_sources import StepKey
    from datasynth.generation.schedule.document_series import DocumentSeries
    from datasynth.ledger.processes import CaseKind, Posting, Step
    from datasynth.ledger.references import ReferenceKind

TAX_CODES = (OUTPUT, INPUT)
_TAX_POOLS = {"output_tax": OUTPUT, "input_tax": INPUT}
_DIFFERENCES = frozenset({"exchange_loss", "exchange_gain"})
_CLOSING_PERIOD = 13
_NAMED = ("CL", "CF")
_ROLES = tuple(ROLES)


PROFILE = np.dtype(
    [
        ("document_type", np.int16),
        ("process", np.int8),
        ("hand", np.int8),
        ("program", np.int8),
        ("reference", np.int16),
        ("text", np.int32),
        ("named", np.int8),
        ("day_part", np.int8),
        ("age", np.int8),
        ("period", np.int8),
        ("batch", np.int8),
        ("first_posting", np.int32),
    ],
    align=True,
)
"""What all documents of a kind have in common.

document_type, process
    Codes.
hand, program
    Roles of the person and of the program that enter it.
reference
    Kind of the reference, which is the first item that it names, or `ABSENT`; that of the first
    of `VENDOR_STYLES` for what vendors number.
text
    Code of the header text; of the first company's, where `named`.
named
    Whether the text names the company, so that each has its own.
day_part
    Part of the day.
age
    Most days from document to posting. [days]
period
    Fixed fiscal period, or 0.
batch
    Whether it belongs to a batch run.
first_posting
    First of its postings.
"""

POSTING = np.dtype(
    [
        ("text", np.int32),
        ("item_kind", np.int16),
        ("item_index", np.int8),
        ("value", np.int8),
        ("spread", np.int8),
        ("tax", np.int8),
    ],
    align=True,
)
"""What all lines of one posting of a profile have in common.

text
    Code of the line text.
item_kind, item_index
    Kind of the reference to the item on the line, as above, or `ABSENT`, and which of the
    document's items it is.
value
    What of a settlement the line carries: `BOOKED`, `PAID` or `DIFFERENCE`; else 0.
spread
    Whether every line has a cost centre of its own.
tax
    Code of the tax, or `ABSENT`.
"""


class _Profile(NamedTuple):
    """A record of `PROFILE`."""

    document_type: int
    process: int
    hand: int
    program: int
    reference: int
    text: int
    named: int
    day_part: int
    age: int
    period: int
    batch: int
    first_posting: int


class _Posting(NamedTuple):
    """A record of `POSTING`."""

    text: int
    item_kind: int = ABSENT
    item_index: int = 0
    value: int = 0
    spread: int = 0
    tax: int = ABSENT


@dataclass(frozen=True, slots=True)
class DocumentProfiles:
    """All document profiles of a journal.

    Attributes
    ----------
    tables
        The profiles, for the kernels.
    words
        The words behind the codes: types, header texts, line texts.
    reference_kinds
        How references are printed: `VENDOR_STYLES`, then the company's own kinds.
    of_step, of_reversal
        Profile by kind of series, case and step, and that of reversals of wrong documents.
    of_item
        Profile by closing item, whether it is a reversal, and whether a trigger called for it.
    """

    tables: Profiles
    words: Mapping[str, tuple[str, ...]]
    reference_kinds: tuple[ReferenceKind, ...]
    of_step: dict[StepKey, int]
    of_reversal: dict[StepKey, int]
    of_item: dict[tuple[str, bool, bool], int]

    def of_series(self, series: DocumentSeries) -> int:
        """Return the profile of a series' documents, or `ABSENT` if they differ."""
        return self.of_step.get((series.kind, series.case, series.step), ABSENT)

    def of_reversals(self, series: DocumentSeries) -> int:
        """Return the profile of the reversals of a series' wrong documents, or `ABSENT`."""
        return self.of_reversal.get((series.kind, series.case, series.step), ABSENT)


def make_document_profiles(
    companies: Sequence[str], sources: Mapping[StepKey, NDArray[np.int64]]
) -> DocumentProfiles:
    """Describe every kind of document; `sources` are the chances from `fit_sources`."""
    writer = _Writer(companies)
    of_step = {key: writer.add_step(case, step, sources[key]) for key, (case, step) in STEPS.items()}
    of_reversal = {key: writer.add_reversal(of_step[key], step) for key, (_, step) in STEPS.items()}
    of_item: dict[tuple[str, bool, bool], int] = {}
    close, back = ON_DEMAND_TYPES[:2]
    for item in (*CLOSING_ITEMS, CARRY_FORWARD):
        later = back if item is CARRY_FORWARD else close
        text = f"Reversal: {item.text}"
        for called, types in ((False, (item.document_type, REVERSAL_TYPE)), (True, (later, back))):
            of_item[item.name, False, called] = writer.add_item(item, types[0], item.source, item.text)
            of_item[item.name, True, called] = writer.add_item(item, types[1], "reversal", text)
    for item in TRUE_UPS:
        of_item[item.name, False, True] = writer.add_item(item, item.document_type, item.source, item.text)
    return DocumentProfiles(
        writer.profiles(), writer.words(), writer.reference_kinds(), of_step, of_reversal, of_item
    )


class _Writer:
    """Collects document profiles row by row."""

    def __init__(self, companies: Sequence[str]) -> None:
        self._companies = companies
        self._types, self._texts, self._line_texts, self._references = (ProfileWords() for _ in range(4))
        self._rows: list[_Profile] = []
        self._sources: list[NDArray[np.int64]] = []
        self._postings: list[_Posting] = []

    def words(self) -> Mapping[str, tuple[str, ...]]:
        return {
            "document_types": self._types.words(),
            "header_texts": self._texts.words(),
            "line_texts": self._line_texts.words(),
        }

    def reference_kinds(self) -> tuple[ReferenceKind, ...]:
        return (*VENDOR_STYLES, *(own_kind(prefix) for prefix in self._references.words()))

    def add_step(self, case: CaseKind, step: Step, sources: NDArray[np.int64]) -> int:
        first = len(self._postings)
        self._postings += [
            self._posting(step, posting, step.items) for posting in (*step.debit, *step.credit)
        ]
        profile = _Profile(
            self._types.code(step.document_type),
            PROCESSES.index(case.process),
            _ROLES.index(step.hand),
            _ROLES.index(step.program),
            self._reference(step.reference),
            self._text(step.text, named=step.named),
            int(step.named),
            int(step.day_part),
            step.age,
            period=0,
            batch=int(step.entry_mode in {"run", "standing"}),
            first_posting=first,
        )
        return self._add(profile, sources)

    def add_reversal(self, original: int, step: Step) -> int:
        """Add the profile of reversals of a step's wrong documents, which have its postings."""
        profile = self._rows[original]._replace(
            document_type=self._types.code(WRONG_REVERSED),
            text=self._text(f"Reversal: {step.text}", named=step.named),
            day_part=int(DayPart.DAY),
            age=0,
            batch=0,
        )
        return self._add(profile, fixed_source("reversal"))

    def add_item(self, item: ClosingItem, document_type: str, source: str, text: str) -> int:
        next_day = item.basis is Basis.RETAINED
        at_night = source == "reversal" or next_day
        role = _ROLES.index(item.role)
        named = document_type in _NAMED
        profile = _Profile(
            self._types.code(document_type),
            PROCESSES.index(item.process),
            role,
            role,
            ABSENT,
            self._text(text, named=named),
            int(named),
            int(DayPart.NIGHT if at_night else item.day_part),
            age=0,
            period=_CLOSING_PERIOD if item.last_day and not next_day else 0,
            batch=int(is_program(item.role) and at_night),
            first_posting=len(self._postings),
        )
        spread = int(item.basis is Basis.ALLOCATION)
        self._postings.append(_Posting(self._line_texts.code(item.text), spread=spread))
        return self._add(profile, fixed_source(source))

    def _posting(self, step: Step, posting: Posting, items: tuple[str, ...]) -> _Posting:
        value = 0
        if step.currency is Valuation.SETTLES:
            value = DIFFERENCE if posting.pool in _DIFFERENCES else BOOKED if posting.item else PAID
        return _Posting(
            self._line_texts.code(posting.text),
            self._reference(posting.item),
            items.index(posting.item) if posting.item else 0,
            value,
            tax=TAX_CODES.index(_TAX_POOLS[posting.pool]) if posting.pool in _TAX_POOLS else ABSENT,
        )

    def _reference(self, item: str) -> int:
        """Return the kind of the references to an item, that of vendors' first style for what they number."""
        if not item:
            return ABSENT
        return 0 if numbered_by_partner(item) else len(VENDOR_STYLES) + self._references.code(prefix_of(item))

    def _text(self, header: str, *, named: bool) -> int:
        """Return the code of a header text; of the first company's where each has its own."""
        if named:
            return self._texts.run([f"{header}, {name}" for name in self._companies])
        return self._texts.code(header)

    def _add(self, profile: _Profile, sources: NDArray[np.int64]) -> int:
        self._rows.append(profile)
        self._sources.append(sources)
        return len(self._rows) - 1

    def profiles(self) -> Profiles:
        return Profiles(
            np.array(self._rows, dtype=PROFILE).view(np.recarray),
            np.array(self._postings, dtype=POSTING).view(np.recarray),
            np.stack(self._sources),
        )
