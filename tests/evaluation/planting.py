"""What plants faults into good books, and finds and changes entries and rows for that."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.evaluation.bookkeeping import Document, Files, Row

    Plant = Callable[[Files], object]


class Faults(dict[str, "tuple[Plant, frozenset[str]]"]):
    """What plants each fault, and the checks that fail then, by the fault's name."""

    def failing(self, *checks: str) -> Callable[[Plant], Plant]:
        """Register a fault with the checks that fail, the one it is meant for first."""

        def register(plant: Plant) -> Plant:
            self[plant.__name__.replace("_", " ").strip()] = (plant, frozenset(checks))
            return plant

        return register


def first(
    files: Files, kind: str, company: str = "1000", month: str = "2025-01", account: str = ""
) -> Document:
    """Find the first entry of a type, company and month, with a line on an account."""
    return next(
        document
        for document in files.documents
        if document["document_type"] == kind
        and document["company_code"] == company
        and document["posting_date"].startswith(month)
        and (not account or any(one["account"] == account for one in document["lines"]))
    )


def line(document: Document, account: str) -> Row:
    """Find the first line of an entry on an account."""
    found: Row = next(one for one in document["lines"] if one["account"] == account)
    return found


def row(files: Files, table: str, **wanted: str) -> Row:
    """Find the first row of a table."""
    return next(one for one in files.tables[table] if wanted.items() <= one.items())


def count_again(files: Files) -> None:
    """Number sequences and documents anew, so that nothing but a change of order or of types shows."""
    numbers: dict[tuple[str, int, str], int] = {}
    for sequence, document in enumerate(files.documents):
        key = (document["company_code"], document["fiscal_year"], document["document_type"])
        numbers[key] = numbers.get(key, 0) + 1
        document["sequence"] = sequence
        document["document_number"] = f"{numbers[key]:010d}"
    untriggered = sum(document["pattern"] is None for document in files.documents)
    files.config_document["transactions"]["target_count"] = untriggered


def take_out(files: Files, *gone: Document) -> None:
    """Take entries out without a gap."""
    for document in gone:
        files.documents.remove(document)
    count_again(files)


def in_parts(document: Document, side: str) -> None:
    """Split the line on one side of an entry into four: 1.00, 2.00, 3.00 and the rest."""
    whole = next(one for one in document["lines"] if float(one[side]))
    sign = "-" if side == "credit" else ""
    document["lines"].remove(whole)
    for part in ("1.00", "2.00", "3.00", f"{float(whole[side]) - 6:.2f}"):
        document["lines"].append({**whole, side: part, "local_amount": sign + part})
    for number, one in enumerate(document["lines"], start=1):
        one["line_number"] = number


def amounts(document: Document, old: str, new: str) -> None:
    """Change an amount wherever it stands in an entry."""
    for one in document["lines"]:
        for name in ("debit", "credit"):
            one[name] = new if one[name] == old else one[name]
        sign = "-" if one["local_amount"].startswith("-") else ""
        one["local_amount"] = sign + new if one["local_amount"] == sign + old else one["local_amount"]
