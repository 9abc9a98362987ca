"""Business processes as tables: which documents they post, and to what.

A *chain* is one transaction of a process; each of its *steps* posts one
document.  A single-step process entry (cash sale, bank charge) is a chain of
one.  Amounts are named; every step that uses a name posts the same amount, so
that a payment clears its invoice to the cent.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import IntEnum
from importlib import resources
from typing import Any


class Band(IntEnum):
    """Part of a day in which a document is posted; bands follow one another."""

    NIGHT = 0
    DAY = 1
    EVENING = 2
    CLOSE = 3


PROCESSES = ("O2C", "P2P", "R2R", "H2R", "A2R")
"""Order to cash, procure to pay, record to report, hire to retire, acquire to retire."""

SOURCES = ("manual", "automated", "recurring", "adjustment", "reversal")

PARTNER_TYPES = ("customer", "vendor", "employee")


@dataclass(frozen=True, slots=True)
class Posting:
    """One side's share of a document.

    Attributes
    ----------
    pool
        Accounts to choose from; several lines may come of it.
    amount
        Name of the chain's amount that is posted.
    text
        Line text.
    partner
        Whether the chain's partner stands on the line (control accounts).
    """

    pool: str
    amount: str
    text: str
    partner: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One document of a chain.

    Attributes
    ----------
    process
        One of `PROCESSES`.
    document_type, source, role, text
        What the header says; `role` posts it.
    band
        When in the day.
    debit, credit
        What is posted; the first of each side takes several lines if `rich`.
    lag
        Fewest, likeliest and most days from the chain's start. [days]
    reference
        Prefix of the reference, which carries the chain's number.
    rich
        Whether the document has as many lines as documents have, or few.
    varies
        Whether the amounts of its first postings vary from cycle to cycle.
    """

    process: str
    document_type: str
    source: str
    role: str
    text: str
    band: Band
    debit: tuple[Posting, ...]
    credit: tuple[Posting, ...]
    lag: tuple[int, int, int] = (0, 0, 0)
    reference: str = ""
    rich: bool = False
    varies: bool = True


@dataclass(frozen=True, slots=True)
class ChainKind:
    """A kind of transaction.

    Attributes
    ----------
    name
        Key of its deck.
    process
        One of `PROCESSES`.
    steps
        In the order in which they are posted, at least a day apart.
    partner
        One of `PARTNER_TYPES`, or empty.
    share
        For chains of one step: part of the process's single documents.
    """

    name: str
    process: str
    steps: tuple[Step, ...]
    partner: str = ""
    share: float = 1.0


def _step(process: str, table: dict[str, Any]) -> Step:
    debit, credit = (
        tuple(
            Posting(pool, amount, text, partner=bool(more)) for pool, amount, text, *more in table.pop(side)
        )
        for side in ("debit", "credit")
    )
    band = Band[table.pop("band").upper()]
    lag = tuple(table.pop("lag", (0, 0, 0)))
    return Step(process=process, band=band, lag=lag, debit=debit, credit=credit, **table)


def _kind(table: dict[str, Any]) -> ChainKind:
    steps = tuple(_step(table["process"], step) for step in table.pop("step"))
    return ChainKind(steps=steps, **table)


_TABLES = tomllib.loads(resources.files(__package__).joinpath("processes.toml").read_text("utf-8"))

CHAIN_KINDS = tuple(_kind(table) for table in _TABLES["chain"])
"""Transactions of several documents."""

SINGLE_KINDS = tuple(_kind(table) for table in _TABLES["single"])
"""Transactions of one document; they fill each day up to its number of entries."""
