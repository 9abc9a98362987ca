"""Partners: the parties that entries can name, by their codes in blocks.

If a company has few parties of a type, all of them are partners.  If it has many, only
those in the table of choices are; the others occur in no entry and have no code, so a
journal does not grow with them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, overload

import numpy as np

from datasynth.generation.kernels.codes import CHOICE_BITS
from datasynth.generation.zipf import zipf_choice
from datasynth.ledger.processes import PARTNER_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.parties.directory import Directory, Party
    from datasynth.generation.schedule.document_series import DocumentSeries

_EXPONENT = 0.9
"""How much busier the first partners are than the later ones (Zipf 1949)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive codes: the partners of one company and type who use one currency.

    Attributes
    ----------
    kind
        Index in `PARTNER_TYPES`.
    first
        Number, among the company's parties of the type, of the first who uses the currency.
    table
        Row of `Partners.tables`.
    members : (codes,) int32
        Number, from `first`, of the party behind each code.
    """

    kind: int
    company: int
    first: int
    table: int
    members: NDArray[np.int32]


class _WordsByCode(Sequence[str]):
    """Words by their codes, computed on demand."""

    def word(self, code: int) -> str:
        """Return the word of a code."""
        raise NotImplementedError

    @overload
    def __getitem__(self, code: int) -> str: ...
    @overload
    def __getitem__(self, code: slice) -> Sequence[str]: ...
    def __getitem__(self, code: int | slice) -> str | Sequence[str]:
        if isinstance(code, slice):
            return tuple(self.word(one) for one in range(len(self))[code])
        return self.word(code)


class Partners(_WordsByCode):
    """Ids of all partners, in the order of their codes.

    Attributes
    ----------
    tables : (numbers of parties, 2 ** CHOICE_BITS) int32
        Codes, counted from the first of a run; the busier a partner, the more often its code.
    types
        Type of each partner.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._runs: list[_Run] = []
        chosen: dict[int, tuple[int, NDArray[np.int32]]] = {}
        tables: list[NDArray[np.int32]] = []
        ranges = directory.ranges
        for (kind, company), size in np.ndenumerate(ranges.size):
            abroad = ranges.abroad_size[kind, company].tolist()
            first = 0
            for users in (int(size) - sum(abroad), *abroad):
                if users and users not in chosen:
                    table, members = choose_partners(users)
                    chosen[users] = (len(tables), members)
                    tables.append(table)
                if users:
                    self._runs.append(_Run(kind, company, first, *chosen[users]))
                first += users
        self._begins = [0, *accumulate(len(run.members) for run in self._runs)]
        self._place = {(run.kind, run.company, run.first): at for at, run in enumerate(self._runs)}
        self.tables = np.stack(tables)
        self.types: Sequence[str] = _Types(self)

    def __len__(self) -> int:
        """Count the codes."""
        return self._begins[-1]

    def __iter__(self) -> Iterator[str]:
        """Yield all ids in the order of their codes."""
        for run in self._runs:
            for number in (run.first + run.members).tolist():
                yield self._directory.id_of(run.kind, run.company, number)

    def word(self, code: int) -> str:
        """Return the id of a partner."""
        run, number = self._at(code)
        return self._directory.id_of(run.kind, run.company, number)

    def type_of(self, code: int) -> str:
        """Return the type of a partner."""
        return PARTNER_TYPES[self._at(code)[0].kind]

    def type_counts(self) -> Iterator[tuple[str, int]]:
        """Yield each run's type and number of codes."""
        for run in self._runs:
            yield PARTNER_TYPES[run.kind], len(run.members)

    def party(self, code: int) -> Party:
        """Return the party behind a code."""
        run, number = self._at(code)
        return self._directory.party(int(self._directory.ranges.first[run.kind, run.company]) + number)

    def of_company(self, kind: int, company: int, abroad: int) -> tuple[int, int]:
        """Return the row of `tables` and the first code of a company's partners of a type.

        `abroad` says which of the company's foreign currencies they use, -1 for its own.
        If none uses that currency, the result is that of the partners at home.
        """
        ranges = self._directory.ranges
        first = 0
        if abroad >= 0 and ranges.abroad_size[kind, company, abroad]:
            first = int(ranges.abroad_first[kind, company, abroad] - ranges.first[kind, company])
        at = self._place[kind, company, first]
        return self._runs[at].table, self._begins[at]

    def of_series(self, series: DocumentSeries) -> tuple[int, int]:
        """Return what `of_company` does for the partners of a series, or -1 twice if it has none."""
        if not series.in_cases or not series.case_kind.partner:
            return -1, -1
        kind = series.case_kind
        return self.of_company(PARTNER_TYPES.index(kind.partner), series.company, kind.abroad)

    def _at(self, code: int) -> tuple[_Run, int]:
        """Return the run of a code, and the number of its party among the company's."""
        if not 0 <= code < len(self):
            raise IndexError(f"no partner has the code {code}")
        at = bisect_right(self._begins, code) - 1
        run = self._runs[at]
        return run, run.first + int(run.members[code - self._begins[at]])


class _Types(_WordsByCode):
    """Types of partners, in the order of their codes."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def __len__(self) -> int:
        return len(self._partners)

    def __iter__(self) -> Iterator[str]:
        for name, count in self._partners.type_counts():
            yield from repeat(name, count)

    def word(self, code: int) -> str:
        return self._partners.type_of(code)


def choose_partners(size: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Choose partners among `size` parties, of which the first are the busiest.

    Returns
    -------
    table : (2 ** CHOICE_BITS,) int32
        Codes; the busier a party, the more often its code.
    members : (codes,) int32
        The party behind each code, ascending; if there are many, only those in the table.
    """
    places = 1 << CHOICE_BITS
    bits = np.uint64(64 - CHOICE_BITS)
    shares = (np.arange(places, dtype=np.uint64) << bits) + (np.uint64(1) << (bits - np.uint64(1)))
    chosen = zipf_choice(size, shares, _EXPONENT).astype(np.int32)
    if size <= places:
        return chosen, np.arange(size, dtype=np.int32)
    members, table = np.unique(chosen, return_inverse=True)
    return table.astype(np.int32), members
