"""What became of invoices, item by item."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

INVOICES = {"RV": "debit", "DR": "debit", "RE": "credit", "KR": "credit"}
CREDIT_NOTES = {"DG", "KG"}


def invoice_outcomes(documents: list[dict[str, Any]], control: set[str]) -> dict[int, tuple[bool, int, int]]:
    """Whether each invoice was credited, how many entries paid it, and after how many days it was cleared.

    By the place of its document; -1 for one that is not cleared.
    """
    items: dict[tuple[str, ...], list[tuple[int, dict[str, Any]]]] = defaultdict(list)
    for place, document in enumerate(documents):
        for line in document["lines"]:
            if line["account"] in control and line["assignment"] and line["partner_id"]:
                key = (document["company_code"], line["account"], line["partner_id"], line["assignment"])
                items[key].append((place, line))
    found: dict[int, tuple[bool, int, int]] = {}
    for lines in items.values():
        place, opening = lines[0]
        document = documents[place]
        side = INVOICES.get(document["document_type"])
        if side is None or document["reversal_of"] or not float(opening[side]) or place in found:
            continue
        left, cleared = 0.0, -1
        paying, crediting = set[int](), set[int]()
        for at, line in lines:
            left = round(left + float(line["local_amount"]), 3)
            cleared = at if not left else -1
            if not float(line[side]) and not documents[at]["reversal_of"]:
                credit = documents[at]["document_type"] in CREDIT_NOTES
                (crediting if credit else paying).add(at)
        days = [date.fromisoformat(documents[at]["posting_date"]) for at in (place, cleared)]
        lasted = (days[1] - days[0]).days if cleared >= 0 else -1
        found[place] = (bool(crediting), len(paying), lasted)
    return found
