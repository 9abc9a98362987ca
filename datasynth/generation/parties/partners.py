"""Partners: the parties that entries can name, by their codes in blocks.

If a company has few parties of a type, all of them are partners.  If it has many, only
those in the table of choices are; the others occur in no entry and have no code, so a
journal does not grow with them.  Who is busy depends on the seed, and no id tells it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, repeat
from typing import TYPE_CHECKING, overload

import numpy as np

from datasynth.generation.draws import make_key
from datasynth.generation.kernels.columns.codes import CHOICE_BITS
from datasynth.generation.parties.naming import scrambled_each
from datasynth.generation.zipf import zipf_choice
from datasynth.ledger.processes import PARTNER_TYPES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from datasynth.generation.parties.directory import Directory, Party
    from datasynth.generation.schedule.document_series import DocumentSeries

_EXPONENT = 0.9
"""How much busier some partners are than others (Zipf 1949)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """Consecutive codes: the partners of one company and type who use one currency.

    Attributes
    ----------
    kind
        Index in `PARTNER_TYPES`.
    first
        Number, among the company's parties of the type, of the first who uses the currency.
    members : (codes,) int32
        Number, from `first`, of the party behind each code.
    """

    kind: int
    company: int
    first: int
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
    tables : (runs, 2 ** CHOICE_BITS) int16
        A run is the partners of one company and type who use one currency.  Codes, counted
        from the first of the run; the busier a partner, the more often its code.
    types
        Type of each partner.
    """

    def __init__(self, directory: Directory) -> None:
        self._directory = directory
        self._runs: list[_Run] = []
        ranked: dict[int, tuple[NDArray[np.int64], NDArray[np.int64]]] = {}
        tables: list[NDArray[np.int16]] = []
        ranges = directory.ranges
        for (kind, company), size in np.ndenumerate(ranges.size):
            abroad = ranges.abroad_size[kind, company].tolist()
            first = 0
            for number, users in enumerate((int(size) - sum(abroad), *abroad)):
                if users and users not in ranked:
                    ranked[users] = rank_places(users)
                if users:
                    key = make_key(directory.seed, "busy partners", kind, company, number)
                    table, members = choose_partners(users, key, *ranked[users])
                    self._runs.append(_Run(kind, company, first, members))
                    tables.append(table)
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
            yield from self._directory.ids_of(run.kind, run.company, run.first + run.members)

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
        return at, self._begins[at]

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


def rank_places(size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Fill the places of a table with the ranks of `size` parties, 0 for the busiest.

    Returns
    -------
    ranks : (ranks,) int64
        Ascending; if there are many parties, only those that fill a place.
    places : (2 ** CHOICE_BITS,) int64
        The rank in each place, as an index into `ranks`.
    """
    count = 1 << CHOICE_BITS
    bits = np.uint64(64 - CHOICE_BITS)
    shares = (np.arange(count, dtype=np.uint64) << bits) + (np.uint64(1) << (bits - np.uint64(1)))
    filled = zipf_choice(size, shares, _EXPONENT)
    if size <= count:
        return np.arange(size), filled
    return np.unique(filled, return_inverse=True)


def choose_partners(
    size: int, key: int, ranks: NDArray[np.int64], places: NDArray[np.int64]
) -> tuple[NDArray[np.int16], NDArray[np.int32]]:
    """Choose partners among `size` parties, see `rank_places`; the key says who has which rank.

    Returns
    -------
    table : (2 ** CHOICE_BITS,) int16
        Codes; the busier a party, the more often its code.
    members : (codes,) int32
        The party behind each code, ascending, so that codes tell no ranks either.
    """
    parties = scrambled_each(key, ranks, size)
    order = np.argsort(parties)
    codes = np.empty(len(ranks), dtype=np.int16)
    codes[order] = np.arange(len(ranks))
    return codes[places], parties[order].astype(np.int32)
