"""A journal small enough to read: every entry moves one amount from one account to another."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.block import ABSENT, Block, Vocabulary
from datasynth.generation.triggers.segments import Trigger
from datasynth.ledger.references import ReferenceKind
from tests import books

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.generation.journal import Balances
    from datasynth.generation.open_items import OpenItem
    from datasynth.ledger.chart import Chart

PATTERNS = ("month_end", "quarter_end", "year_end")
LINES = 2
PACKAGE = 3
DAY = 19_723
VOCABULARY = Vocabulary(
    companies=("1000",),
    company_currencies=(0,),
    currencies=("USD",),
    currency_decimals=(2,),
    document_types=("SA",),
    sources=("manual",),
    processes=("R2R",),
    patterns=("month_end",),
    accounts=("1100", "4000"),
    account_names=("Bank", "Sales"),
    header_texts=("Transfer",),
    line_texts=(),
    users=("U1",),
    cost_centers=(),
    profit_centers=(),
    tax_codes=(),
    partners=books.PARTNERS,
    partner_types=("customer",),
    reference_kinds=(),
    batch_kind=ReferenceKind("B-", 10),
)

_PER_LINE = {
    "account",
    "debit",
    "credit",
    "local_amount",
    "cost_center",
    "profit_center",
    "partner",
    "trading_partner",
    "tax_code",
    "tax_amount",
    "assignment_kind",
    "assignment_number",
    "line_text",
    "value_day",
}
_ABSENT = {
    "reference_kind",
    "approved_by",
    "approved_at",
    "pattern",
    "batch",
    "cost_center",
    "profit_center",
    "partner",
    "trading_partner",
    "tax_code",
    "assignment_kind",
    "line_text",
    "value_day",
}


class SmallJournal:
    """As many entries as configured, and a package more for each trigger.

    Parameters
    ----------
    config
        Its `target_count` and seed are heeded.
    triggered
        Entries that triggers have added.
    """

    def __init__(self, config: Config, triggered: int = 0) -> None:
        self._config = config
        self._triggered = triggered

    @property
    def config(self) -> Config:
        """What it was made from."""
        return self._config

    @property
    def chart(self) -> Chart:
        """Accounts behind the codes."""
        return books.CHART

    @property
    def nbytes(self) -> int:
        """What it says that it takes."""
        return 1_000

    @property
    def total(self) -> int:
        """Number of entries."""
        return self._config.transactions.target_count + self._triggered

    @property
    def vocabulary(self) -> Vocabulary:
        """Words behind the codes."""
        return VOCABULARY

    def trigger(self, pattern: str, at_sequence: int) -> tuple[SmallJournal, Trigger]:
        """Add a package of entries."""
        trigger = Trigger(pattern, at_sequence, PACKAGE, DAY)
        return SmallJournal(self._config, self._triggered + PACKAGE), trigger

    def posting_day(self, sequence: int) -> int:
        """Return the one day that there is."""
        assert 0 <= sequence < self.total
        return DAY

    def entries_through(self, day: int) -> int:
        """Count the entries posted up to a day."""
        return self.total if day >= DAY else 0

    def balances(self, position: int) -> Balances:
        """Sum the entries before a position."""
        return books.balances(self._config, position)

    def closed_results(self, position: int) -> NDArray[np.int64]:
        """Sum what closes have posted to income and expense accounts."""
        return books.closed_results(self._config, position)

    def entries_by_day(self, position: int) -> NDArray[np.int64]:
        """Count the entries of each day."""
        return np.array([position, *[0] * 365])

    def entries_by_type(self, position: int) -> dict[str, int]:
        """Count the entries of each document type."""
        return {"SA": position} if position else {}

    def open_items(
        self, position: int, company: int | None, after: int, limit: int
    ) -> tuple[list[OpenItem], int | None]:
        """List what the entries before a position leave open."""
        return books.open_items(self._config, position, company, after, limit)

    def block(self, first: int, count: int) -> Block:
        """Compute entries ``first … first + count - 1``."""
        columns = {field.name: _column(field.name, count) for field in fields(Block) if field.name != "first"}
        amounts = np.arange(first, first + count) * 100 + 100
        columns["id_low"][:] = np.arange(first, first + count)
        columns["id_high"][:] = self._config.general.seed
        columns["posting_day"][:] = columns["document_day"][:] = DAY
        columns["document_number"][:] = np.arange(first, first + count) + 1
        columns["exchange_rate"][:] = 1_000_000
        columns["rate_places"][:] = 6
        columns["first_line"] = np.arange(count + 1) * LINES
        columns["account"][1::LINES] = 1
        columns["debit"][0::LINES] = amounts
        columns["credit"][1::LINES] = amounts
        columns["local_amount"][0::LINES] = amounts
        columns["local_amount"][1::LINES] = -amounts
        return Block(first=first, **columns)


def make_journal(config: Config, checkpoint: Callable[[], None]) -> SmallJournal:
    """Build a small journal in one step."""
    checkpoint()
    return SmallJournal(config)


def estimate_bytes(config: Config) -> int:
    """Foretell what a small journal takes."""
    assert config is not None
    return 1_000


def _column(name: str, count: int) -> np.ndarray:
    types = Block.__annotations__[name]
    kind = np.dtype(types.split("np.")[1].rstrip("]"))
    size = count * LINES if name in _PER_LINE else count
    return np.full(size, ABSENT if name in _ABSENT else 0, dtype=kind)
