"""Makes the vocabulary of a journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.block import Vocabulary
from datasynth.generation.kernels.columns.lines import CENTERS_OF_PROFIT_CENTER
from datasynth.generation.parties.directory import staff_sizes
from datasynth.generation.schedule.series_table import currencies_of
from datasynth.ledger.closes import PATTERNS
from datasynth.ledger.currencies import decimals
from datasynth.ledger.processes import PROCESSES, SOURCES
from datasynth.ledger.references import own_kind
from datasynth.ledger.roles import users_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from datasynth.config.model import Config
    from datasynth.generation.parties.partners import Partners
    from datasynth.ledger.chart import Chart
    from datasynth.ledger.references import ReferenceKind

_BATCH_PREFIX = "BATCH"


class ProfileWords:
    """Gives each new word the next code."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}

    def code(self, word: str) -> int:
        """Return the code of a word."""
        return self._codes.setdefault(word, len(self._codes))

    def run(self, words: Sequence[str]) -> int:
        """Give consecutive codes to some words, also to known ones; return the first code."""
        first = len(self._codes)
        for word in words:
            self._codes[f"{len(self._codes)}\0{word}"] = len(self._codes)
        return first

    def words(self) -> tuple[str, ...]:
        """Return all words in the order of their codes."""
        return tuple(word.rpartition("\0")[2] for word in self._codes)


def make_vocabulary(
    config: Config,
    chart: Chart,
    partners: Partners,
    profile_words: Mapping[str, tuple[str, ...]],
    reference_kinds: tuple[ReferenceKind, ...],
    tax_codes: tuple[str, ...],
) -> Vocabulary:
    """Collect the words of a journal; `profile_words` and `reference_kinds` are its document profiles'."""
    codes = tuple(company.code for company in config.companies)
    currencies = currencies_of(config)
    staff = staff_sizes(config)
    centers = config.master_data.cost_centers
    return Vocabulary(
        companies=codes,
        company_currencies=tuple(currencies.index(company.currency) for company in config.companies),
        currencies=currencies,
        currency_decimals=tuple(decimals(currency) for currency in currencies),
        document_types=profile_words["document_types"],
        sources=SOURCES,
        processes=PROCESSES,
        patterns=PATTERNS,
        accounts=tuple(account.code for account in chart.accounts),
        account_names=tuple(account.name for account in chart.accounts),
        header_texts=profile_words["header_texts"],
        line_texts=profile_words["line_texts"],
        users=tuple(user for code in codes for user in users_of(code, staff)),
        cost_centers=tuple(f"CC{number:04}" for number in range(1, centers + 1)),
        profit_centers=tuple(
            f"PC{number:03}" for number in range(1, (centers - 1) // CENTERS_OF_PROFIT_CENTER + 2)
        ),
        tax_codes=tax_codes,
        partners=partners,
        partner_types=partners.types,
        reference_kinds=reference_kinds,
        batch_kind=own_kind(_BATCH_PREFIX),
    )
