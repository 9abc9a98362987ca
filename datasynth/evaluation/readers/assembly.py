"""Parts and tables to one data set."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.evaluation.columns import Entries, Lines
from datasynth.evaluation.dataset import Dataset, Flaws
from datasynth.evaluation.readers.arrow_columns import Words
from datasynth.evaluation.readers.fields import ENTRY_FIELDS, LINE_FIELDS, Kind
from datasynth.evaluation.readers.growing import Growing
from datasynth.evaluation.readers.parse import parse
from datasynth.evaluation.readers.reference import Reference, minor_units
from datasynth.evaluation.readers.unreadable import Unreadable
from datasynth.evaluation.vocabulary import Interner, Vocabulary
from datasynth.ledger.currencies import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.readers.fields import Field
    from datasynth.evaluation.readers.parse import Columns, Part
    from datasynth.evaluation.readers.source import Source

USUAL_DECIMALS = 2
"""Of a currency that nobody knows."""


def read_dataset(source: Source, config: Config, tell: Callable[[int], object] = lambda _: None) -> Dataset:
    """Read everything that is judged.

    Parameters
    ----------
    source
        Where from.
    config
        What the data set was made from; its companies have the first codes, in their order.
    tell
        Is told how many entries have been read, piece after piece.

    Raises
    ------
    Unreadable
        With one line.
    """
    assembly = Assembly(config)
    for part in _parts(source.pieces(), assembly):
        assembly.add(part)
        tell(assembly.count)
    if not assembly.count:
        raise Unreadable("there are no entries")
    reference = Reference(
        accounts=source.table("accounts"),
        parties=source.table("parties"),
        users=source.table("users"),
        balances=source.balances(assembly.count),
        open_at_start=source.open_items(0),
        open_at_end=source.open_items(assembly.count),
    )
    return assembly.finish(reference)


def _parts(pieces: Iterable[bytes], assembly: Assembly) -> Iterator[Part]:
    """Parse on every core, a few pieces ahead, and yield in order."""
    cores = os.cpu_count() or 1
    ahead = iter(pieces)
    with ThreadPoolExecutor(cores) as pool:
        futures = deque(pool.submit(parse, piece) for piece in islice(ahead, cores + 1))
        while futures:
            try:
                yield futures.popleft().result()
            except Unreadable as error:
                pool.shutdown(cancel_futures=True)
                raise Unreadable(f"entries after the first {assembly.count:,}: {error}") from error
            futures.extend(pool.submit(parse, piece) for piece in islice(ahead, 1))


class Assembly:
    """A data set while it is read.

    Parameters
    ----------
    config
        Its companies have the first codes, in their order.

    Attributes
    ----------
    count
        Entries so far.
    """

    def __init__(self, config: Config) -> None:
        self.count = 0
        kinds = {field.words for field in (*ENTRY_FIELDS, *LINE_FIELDS) if field.words}
        self._interners = {kind: Interner() for kind in sorted(kinds)}
        self._interners["companies"] = Interner(company.code for company in config.companies)
        self._currencies = {company.code: company.currency for company in config.companies}
        self._entries = {field.name: Growing() for field in ENTRY_FIELDS}
        self._lines = {field.name: Growing() for field in LINE_FIELDS}
        self._counts = Growing()
        self._missing: dict[str, int] = {}
        self._inexact = 0

    def add(self, part: Part) -> None:
        """Put the entries of a part behind those there are."""
        entries = self._coded(ENTRY_FIELDS, part.entries)
        lines = self._coded(LINE_FIELDS, part.lines)
        document = self._decimals(self._interners["currencies"].words)[entries["currency"]]
        company = self._decimals(map(self._currency, self._interners["companies"].words))[
            entries["company_code"]
        ]
        for field in LINE_FIELDS:
            if field.kind is Kind.AMOUNT:
                decimals = company if field.name == "local_amount" else document
                found, inexact = minor_units(lines[field.name], _spread(decimals, part.line_counts))
                lines[field.name] = found
                self._inexact += inexact
        for name, column in entries.items():
            self._entries[name].add(column)
        for name, column in lines.items():
            self._lines[name].add(column)
        self._counts.add(part.line_counts)
        for name, missing in part.missing.items():
            self._missing[name] = self._missing.get(name, 0) + missing
        self.count += part.line_counts.size

    def finish(self, reference: Reference) -> Dataset:
        """Put everything together; the assembly is empty afterwards."""
        tables = reference.coded(self._interners, self._currency)
        first_line = np.zeros(self.count + 1, dtype=np.int64)
        np.cumsum(self._counts.take(), out=first_line[1:])
        words = {kind: interner.words for kind, interner in self._interners.items()}
        return Dataset(
            entries=Entries(**{name: column.take() for name, column in self._entries.items()}),
            lines=Lines(**{name: column.take() for name, column in self._lines.items()}),
            first_line=first_line,
            vocabulary=Vocabulary(words),
            accounts=tables.accounts,
            parties=tables.parties,
            users=tables.users,
            balances=tables.balances,
            open_at_start=tables.open_at_start,
            open_at_end=tables.open_at_end,
            flaws=Flaws(self._missing, self._inexact + tables.inexact),
        )

    def _coded(self, fields: Sequence[Field], columns: Columns) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {}
        for field in fields:
            column = columns[field.name]
            if isinstance(column, Words):
                # The last place, where -1 points, stays absent.
                codes = np.append(self._interners[field.words].codes(column.words), np.int32(-1))
                column = codes[column.places]
            found[field.name] = column
        return found

    def _currency(self, company: str) -> str:
        return self._currencies.get(company, "")

    @staticmethod
    def _decimals(currencies: Iterable[str]) -> NDArray[np.int64]:
        """Decimals by code, a last row for absent ones."""
        known = [CURRENCIES.get(one, USUAL_DECIMALS) for one in currencies]
        return np.array([*known, USUAL_DECIMALS], dtype=np.int64)


def _spread(values: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give each line its entry's value; one for all, if all are alike."""
    if values.size and (values == values[0]).all():
        return values[:1]
    return np.repeat(values, counts)
