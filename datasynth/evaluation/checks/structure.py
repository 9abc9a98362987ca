"""What everything else rests on: ids, and references into the lists beside the entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.columns import NO_PRINT
from datasynth.evaluation.gates import Gate, count_of_faults, no_faults
from datasynth.ledger.currencies import CURRENCIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_structure(data: Dataset, config: Config) -> list[Gate]:
    """Judge ids, accounts, partners, companies and currencies."""
    entries, lines = data.entries, data.lines
    missing = data.flaws.missing
    named = ", ".join(f"{name} {times:,}" for name, times in sorted(missing.items()))
    companies = data.vocabulary.table("companies", {one.code for one in config.companies}.__contains__)
    currencies = data.vocabulary.table("currencies", CURRENCIES.__contains__)
    partner = lines.partner_id >= 0
    unknown = partner & ~data.parties.known[lines.partner_id]
    other_type = partner & ~unknown & (data.parties.type[lines.partner_id] != lines.partner_type)
    account = data.accounts.known[lines.account]
    return [
        count_of_faults(
            "structure.complete", sum(missing.values()), named or "fields that may not be absent"
        ),
        no_faults(
            "structure.ids", _repeated(entries.document_id), "entries with an id that was there before"
        ),
        no_faults(
            "structure.companies", ~companies[entries.company_code], "entries of companies not configured"
        ),
        no_faults("structure.currencies", ~currencies[entries.currency], "entries in no currency"),
        no_faults(
            "structure.accounts", data.per_entry(~account) > 0, "entries with accounts not in the chart"
        ),
        no_faults(
            "structure.postable",
            data.per_entry(account & ~data.accounts.postable[lines.account]) > 0,
            "entries that post to a heading",
        ),
        no_faults(
            "structure.partners", data.per_entry(unknown) > 0, "entries with partners who are not listed"
        ),
        no_faults(
            "structure.partner_types",
            data.per_entry(other_type) > 0,
            "entries with a partner of another type",
        ),
    ]


def _repeated(ids: NDArray[np.uint64]) -> NDArray[np.bool_]:
    order = np.argsort(ids, kind="stable")
    repeated = np.zeros(ids.size, dtype=np.bool_)
    ordered = ids[order]
    repeated[order[1:]] = (ordered[1:] == ordered[:-1]) & (ordered[1:] != NO_PRINT)
    return repeated
