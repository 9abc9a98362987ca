"""Parsed documents and tables to one data set."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np

from datasynth.evaluation.dataset import (
    ENTRY_FIELDS,
    LINE_FIELDS,
    Dataset,
    DatasetEntries,
    DatasetLines,
    Flaws,
    Kind,
)
from datasynth.evaluation.money import decimals_of
from datasynth.evaluation.readers.documents import WordColumn, parse
from datasynth.evaluation.readers.reference import TableReader, minor_units
from datasynth.evaluation.readers.source import Unreadable
from datasynth.evaluation.vocabulary import Interner, WordLists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    import pyarrow as pa
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Ints
    from datasynth.evaluation.dataset import DocumentField
    from datasynth.evaluation.readers.documents import Columns, ParsedDocuments
    from datasynth.evaluation.readers.source import DataSource

FIRST_ROWS = 1 << 16


def read_dataset(
    source: DataSource, config: Config, tell: Callable[[int], object] = lambda _: None
) -> Dataset:
    """Read everything that is judged.

    Parameters
    ----------
    tell
        Takes how many entries have been read, after each part.

    Raises
    ------
    Unreadable
        With one line.
    """
    builder = DatasetBuilder(config)
    for part in _parsed(source.entries(), builder):
        builder.add(part)
        tell(builder.count)
    if not builder.count:
        raise Unreadable("the data has no entries")
    return builder.finish(
        {
            **{name: source.table(name) for name in ("accounts", "parties", "users")},
            "balances": source.balances(builder.count),
            "open_at_start": source.open_items(0),
            "open_at_end": source.open_items(builder.count),
        }
    )


def _parsed(parts: Iterable[bytes | pa.Table], builder: DatasetBuilder) -> Iterator[ParsedDocuments]:
    """Parse on every core, a few parts ahead, and yield in order."""
    cores = os.cpu_count() or 1
    ahead = iter(parts)
    with ThreadPoolExecutor(cores) as pool:
        futures = deque(pool.submit(parse, part) for part in islice(ahead, cores + 1))
        while futures:
            try:
                yield futures.popleft().result()
            except Unreadable as error:
                pool.shutdown(cancel_futures=True)
                raise Unreadable(f"entries after the first {builder.count:,}: {error}") from error
            futures.extend(pool.submit(parse, part) for part in islice(ahead, 1))


class GrowingColumn:
    """A column to which rows are added at the end.

    Its room doubles when it is full.  Room that no row has touched costs no memory, and what
    parts are copied from can be used again at once; a list of parts, joined at the end, would
    take twice as much.
    """

    def __init__(self) -> None:
        self._rows: NDArray[Any] | None = None
        self._size = 0

    def add(self, rows: NDArray[Any]) -> None:
        """Put rows at the end; the first ones decide about the type."""
        if self._rows is None:
            self._rows = np.empty(max(FIRST_ROWS, rows.size), dtype=rows.dtype)
        end = self._size + rows.size
        if end > self._rows.size:
            self._rows.resize(max(end, 2 * self._rows.size), refcheck=False)
        self._rows[self._size : end] = rows
        self._size = end

    def take(self) -> NDArray[Any]:
        """Return all rows; the column is empty afterwards."""
        rows, size = self._rows, self._size
        self._rows, self._size = None, 0
        if rows is None:
            return np.empty(0, dtype=np.int64)
        rows.resize(size, refcheck=False)
        return rows


class DatasetBuilder:
    """A data set while it is read; `count` is how many entries it has so far.

    The companies of the configuration have the first codes, in their order.
    """

    def __init__(self, config: Config) -> None:
        self.count = 0
        kinds = {field.words for field in (*ENTRY_FIELDS, *LINE_FIELDS) if field.words}
        self._interners = {kind: Interner() for kind in sorted(kinds)}
        self._interners["companies"] = Interner(company.code for company in config.companies)
        self._currencies = {company.code: company.currency for company in config.companies}
        self._entries = {field.name: GrowingColumn() for field in ENTRY_FIELDS}
        self._lines = {field.name: GrowingColumn() for field in LINE_FIELDS}
        self._counts = GrowingColumn()
        self._missing: dict[str, int] = {}
        self._inexact = 0

    def add(self, part: ParsedDocuments) -> None:
        """Put the entries of a part behind those there are."""
        entries = self._coded(ENTRY_FIELDS, part.entries)
        lines = self._coded(LINE_FIELDS, part.lines)
        document = decimals_of(self._interners["currencies"].words)[entries["currency"]]
        local = decimals_of(map(self._currency, self._interners["companies"].words))[entries["company_code"]]
        for field in LINE_FIELDS:
            if field.kind is Kind.AMOUNT:
                decimals = local if field.name == "local_amount" else document
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

    def finish(self, tables: Mapping[str, pa.Table]) -> Dataset:
        """Put everything together, tables by attribute of `Dataset`; the builder is empty afterwards."""
        reader = TableReader(self._interners, self._currency)
        # What names accounts and partners comes before the lists of those, which have a row for each word.
        balances = reader.balances(tables["balances"])
        start, end = (reader.open_items(tables[name]) for name in ("open_at_start", "open_at_end"))
        accounts, parties = reader.accounts(tables["accounts"]), reader.parties(tables["parties"])
        users = reader.users(tables["users"])
        first_line = np.zeros(self.count + 1, dtype=np.int64)
        np.cumsum(self._counts.take(), out=first_line[1:])
        return Dataset(
            entries=DatasetEntries(**{name: column.take() for name, column in self._entries.items()}),
            lines=DatasetLines(**{name: column.take() for name, column in self._lines.items()}),
            first_line=first_line,
            vocabulary=WordLists({kind: interner.words for kind, interner in self._interners.items()}),
            accounts=accounts,
            parties=parties,
            users=users,
            balances=balances,
            open_at_start=start,
            open_at_end=end,
            flaws=Flaws(self._missing, self._inexact + reader.inexact),
        )

    def _coded(self, fields: Sequence[DocumentField], columns: Columns) -> dict[str, NDArray[Any]]:
        found: dict[str, NDArray[Any]] = {}
        for field in fields:
            column = columns[field.name]
            if isinstance(column, WordColumn):
                # The last place, where -1 points, stays absent.
                codes = np.append(self._interners[field.words].codes(column.words), np.int32(-1))
                column = codes[column.places]
            found[field.name] = column
        return found

    def _currency(self, company: str) -> str:
        return self._currencies.get(company, "")


def _spread(values: Ints, counts: Ints) -> Ints:
    """Give each line its entry's value; one for all, if all are alike."""
    if values.size and (values == values[0]).all():
        return values[:1]
    return np.repeat(values, counts)
