"""Near-copies among the entries of a good set."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from tests.evaluation.shapes import chances

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.evaluation import Dataset


def copied(data: Dataset, chosen: NDArray[np.bool_], *, shuffled: bool = False) -> Dataset:
    """Make every second of some entries a near-copy of another with as many debits and credits.

    The copy has the other's type, currency, accounts and amounts, the first of each side higher by 3 % of
    the total; its lines stand in the same order or in any.
    """
    debits = data.per_entry(data.lines.debit > 0)
    entries = np.flatnonzero(chosen)
    order = entries[np.lexsort((chances(500, entries.size), debits[entries], data.line_counts[entries]))]
    model, copy = order[:-1:2], order[1::2]
    alike = (debits[model] == debits[copy]) & (data.line_counts[model] == data.line_counts[copy])
    model, copy = model[alike], copy[alike]
    to, starts = data.lines_of(copy)
    source, _ = data.lines_of(model)
    order = np.arange(to.size)
    if shuffled:
        order = np.lexsort((chances(501, to.size), np.repeat(np.arange(copy.size), data.line_counts[copy])))
    more = data.total[model] * 3 // 100
    columns = {name: getattr(data.lines, name).copy() for name in ("account", "debit", "credit")}
    for name, first in (("account", None), ("debit", starts), ("credit", starts + debits[model])):
        values = columns[name][source]
        if first is not None:
            values[first] += more
        columns[name][to] = values[order]
    columns["local_amount"] = data.lines.local_amount.copy()
    columns["local_amount"][to] = columns["debit"][to] - columns["credit"][to]
    kind, currency = data.entries.document_type.copy(), data.entries.currency.copy()
    kind[copy], currency[copy] = kind[model], currency[model]
    return replace(
        data,
        entries=replace(data.entries, document_type=kind, currency=currency, exchange_rate=currency),
        lines=replace(data.lines, **columns),
    )


def corrected_by_the_same(data: Dataset, times: int = 10) -> Dataset:
    """Return the data with some right documents that each repeat the wrong one before it."""
    entries, lines = data.entries, data.lines
    short = (data.line_counts == 2) & ~data.closing
    backs = [
        at for at in np.flatnonzero(data.original >= 0) if short[data.original[at]] and not data.closing[at]
    ]
    alike = short & ~data.undone & (data.original == -1)
    columns = {name: getattr(lines, name).copy() for name in ("account", "debit", "credit", "local_amount")}
    day = entries.document_date.copy()
    for back in backs[:times]:
        wrong = int(data.original[back])
        same_type = alike[back:] & (entries.document_type[back:] == entries.document_type[wrong])
        right = int(back + np.flatnonzero(same_type)[0])
        begin, source = (int(data.first_line[entry]) for entry in (right, wrong))
        for column in columns.values():
            column[begin : begin + 2] = column[source : source + 2]
        day[right] = day[wrong]
    return replace(data, entries=replace(entries, document_date=day), lines=replace(lines, **columns))
