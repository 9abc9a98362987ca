"""Writes the tables of ``docs/explanation/ledger.md`` from the tables that the documents are made from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.ledger.closes import CARRY_FORWARD, CLOSING_ITEMS, TRUE_UPS
from datasynth.ledger.processes import CASE_KINDS, ENTRY_MODES, SINGLE_KINDS, SOURCES, WRONG_REVERSED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from datasynth.ledger.closes import ClosingItem
    from datasynth.ledger.processes import CaseKind, Posting, Step

PAGE = Path(__file__).parent.parent / "docs" / "explanation" / "ledger.md"

KINDS = tuple(kind for kind in (*CASE_KINDS, *SINGLE_KINDS) if kind.abroad <= 0 and kind.corrects < 0)
"""Those abroad come once for each of a company's foreign currencies, and corrected ones beside the others."""

_MOST_TEXTS = 2


@dataclass
class _Seen:
    """What documents of a type have, in the order in which it was met."""

    texts: dict[str, None] = field(default_factory=dict)
    processes: dict[str, None] = field(default_factory=dict)
    debits: dict[str, None] = field(default_factory=dict)
    credits: dict[str, None] = field(default_factory=dict)
    people: dict[str, None] = field(default_factory=dict)
    programs: dict[str, None] = field(default_factory=dict)
    sources: dict[str, None] = field(default_factory=dict)

    def add(self, kind: CaseKind, step: Step) -> None:
        """Note what a step of a kind of case has."""
        for seen, met in (
            (self.texts, [step.text]),
            (self.processes, [kind.process]),
            (self.debits, _pools(step.debit)),
            (self.credits, _pools(step.credit)),
            (self.people, [step.hand]),
            (self.programs, [step.program]),
            (self.sources, [_usual_source(step)]),
        ):
            seen.update(dict.fromkeys(met))


def with_tables(text: str) -> str:
    """Return the page's text with its tables made anew.

    Parameters
    ----------
    text
        With a pair of comments around each table, which say its name.
    """
    for name, make in (("documents", _documents), ("transactions", _transactions), ("closes", _closes)):
        before, begin, rest = text.partition(f"<!-- {name} -->")
        _, end, after = rest.partition(f"<!-- end of {name} -->")
        text = f"{before}{begin}\n\n{_markdown(make())}\n\n{end}{after}"
    return text


def _documents() -> Iterator[Sequence[str]]:
    yield "type", "document", "process", "debits", "credits", "entered by", "usual source"
    types: dict[str, _Seen] = {}
    for kind in KINDS:
        for step in kind.steps:
            types.setdefault(step.document_type, _Seen()).add(kind, step)
    for name, seen in types.items():
        more = " …" if len(seen.texts) > _MOST_TEXTS else ""
        yield (
            f"`{name}`",
            "; ".join(list(seen.texts)[:_MOST_TEXTS]) + more,
            ", ".join(seen.processes),
            ", ".join(seen.debits),
            ", ".join(seen.credits),
            ", ".join(f"`{role}`" for role in (seen.people | seen.programs)),
            ", ".join(seen.sources),
        )
    yield (
        f"`{WRONG_REVERSED}`",
        "Reversal of a wrong document",
        "that of the original",
        "what the original credits",
        "what the original debits",
        "role of the original",
        SOURCES[-1],
    )


def _transactions() -> Iterator[Sequence[str]]:
    yield "process", "transaction", "with a", "documents"
    for kind in KINDS:
        documents = " → ".join(_document(step, kind) for step in kind.steps)
        yield kind.process, kind.name.removesuffix("_1").replace("_", " "), kind.partner, documents


def _document(step: Step, kind: CaseKind) -> str:
    """Name a document; those of the other company of a pair have its name."""
    return f"`{step.document_type}`{' of the buyer' if kind.intercompany and step.of_buyer else ''}"


def _closes() -> Iterator[Sequence[str]]:
    yield "at the end of a", "type", "entry", "debit", "credit", "amount", "reversed"
    items: Iterable[ClosingItem] = (*CLOSING_ITEMS, CARRY_FORWARD, *TRUE_UPS)
    for item in sorted(items, key=lambda item: ("month", "quarter", "year").index(_period(item))):
        yield (
            _period(item),
            f"`{item.document_type}`",
            item.text,
            _words(item.debit),
            _words(item.credit),
            item.basis.value,
            "yes" if item.reverses else "",
        )


def _period(item: ClosingItem) -> str:
    return item.pattern.removesuffix("_end")


def _usual_source(step: Step) -> str:
    chances = ENTRY_MODES[step.entry_mode]
    return SOURCES[chances.index(max(chances))]


def _pools(postings: Iterable[Posting]) -> list[str]:
    return [_words(posting.pool) for posting in postings]


def _words(name: str) -> str:
    return name.replace("_", " ").replace(".", ", ")


def _markdown(rows: Iterable[Sequence[str]]) -> str:
    heading, *body = rows
    printed = (heading, ["---"] * len(heading), *body)
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in printed)


def main() -> None:
    """Write the page."""
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
