"""What the engine makes is judged green, and faults planted into it are found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from datasynth.config import ConfigDocument
from datasynth.encoding import NDJSON_DOCUMENTS
from datasynth.evaluation import Verdict, evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from datasynth.evaluation.readers.folder import Folder
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, StagedFolder
from datasynth.output.data_set import DataSet, write_data_set

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from datasynth.config.model import Config
    from datasynth.evaluation import Dataset

    Judged = tuple[Dataset, Config]
    Plant = Callable[[Dataset], Dataset]

ENTRIES = 60_000
WORLD = [
    {"code": "1000"},
    {"code": "2000", "currency": "EUR", "country": "DE"},
    {"code": "3000", "currency": "JPY", "country": "JP"},
    {"code": "4000", "currency": "KWD", "country": "KW"},
]
APRIL = {"start_date": "2024-02-10", "period_months": 7, "fiscal_year_start_month": 4}
TRIGGERS = (("month_end", 300), ("quarter_end", 700), ("year_end", 1_500))


def _made(folder: Path, patch: Mapping[str, Any], triggers: Sequence[tuple[str, int]] = ()) -> Judged:
    document = ConfigDocument.defaults().merge(patch)
    journal = Journal(document.config)
    for pattern, at in triggers:
        journal, _ = journal.trigger(pattern, at)
    with StagedFolder(folder, force=True) as staged:
        data = DataSet(document, JournalRange.whole(journal), NDJSON_DOCUMENTS)
        write_data_set(data, staged, 2, lambda _: None)
    config = Folder(folder).config()
    return read_dataset(Folder(folder), config), config


def _failed(judged: Judged) -> set[str]:
    return {check.name for check in evaluate(*judged).failed}


@pytest.fixture(scope="module")
def usual(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """The default configuration, with as many entries as every check wants."""
    return _made(tmp_path_factory.mktemp("usual"), {"transactions": {"target_count": ENTRIES}})


def test_default(usual: Judged) -> None:
    """The default is green, first digits included."""
    report = evaluate(*usual)

    assert () == report.failed
    assert Verdict.PASS is report.check("amounts.first_two_digits").verdict


@pytest.mark.parametrize(
    "patch",
    [
        {"transactions": {"target_count": 100}},
        {"transactions": {"target_count": 1_000}},
        {"transactions": {"target_count": 3_000}, "companies": WORLD},
        {"transactions": {"target_count": 2_000}, "global": APRIL},
        {"transactions": {"target_count": 2_000}, "tax": {"enabled": False}},
        {"transactions": {"target_count": 2_000}, "chart_of_accounts": {"complexity": "large"}},
    ],
)
def test_exact_checks(tmp_path: Path, patch: dict[str, Any]) -> None:
    """However few the entries are, they balance, tie, link and are approved."""
    assert set() == _failed(_made(tmp_path, patch))


def test_triggers(tmp_path: Path) -> None:
    """Entries that triggers insert keep every promise, and one of their own: accruals go back."""
    judged = _made(tmp_path, {"transactions": {"target_count": 3_000}, "companies": WORLD}, TRIGGERS)

    report = evaluate(*judged)

    assert () == report.failed
    assert Verdict.PASS is report.check("triggers.releases").verdict


def _entries(data: Dataset, **columns: Any) -> Dataset:
    return replace(data, entries=replace(data.entries, **columns))


def _lines(data: Dataset, **columns: Any) -> Dataset:
    return replace(data, lines=replace(data.lines, **columns))


def _with(column: Any, place: Any, value: Any) -> Any:
    changed = column.copy()
    changed[place] = value
    return changed


def _first(mask: Any, after: int = 1_000) -> int:
    return int(np.flatnonzero(mask)[after if after < np.count_nonzero(mask) else 0])


def _cent(data: Dataset) -> Dataset:
    line = _first(data.lines.debit > 0)
    return _lines(data, debit=_with(data.lines.debit, line, data.lines.debit[line] + 1))


def _later(data: Dataset) -> Dataset:
    entry = _first(data.of_type("WA"))
    return _entries(data, document_date=_with(data.entries.document_date, entry, 99_999))


def _rate(data: Dataset) -> Dataset:
    entry = _first(data.of_type("BV"))
    other = next(code for code, rate in enumerate(data.vocabulary.words["rates"]) if float(rate) != 1)
    return _entries(data, exchange_rate=_with(data.entries.exchange_rate, entry, other))


def _unlinked(data: Dataset) -> Dataset:
    entry = _first(data.of_type("AB"))
    return _entries(data, reversal_of=_with(data.entries.reversal_of, entry, np.uint64(7)))


def _misdirected(data: Dataset) -> Dataset:
    payment = data.of_type("KZ")[data.entry] & data.accounts.control[data.lines.account]
    return _lines(data, assignment=_with(data.lines.assignment, _first(payment), np.uint64(7)))


def _unapproved(data: Dataset) -> Dataset:
    by_hand = data.of_source("manual") & (data.entries.approved_by >= 0)
    never = data.entries.approved_at.min()
    entry = _first(by_hand)
    return _entries(
        data,
        approved_by=_with(data.entries.approved_by, entry, -1),
        approved_at=_with(data.entries.approved_at, entry, never),
    )


def _renumbered(data: Dataset) -> Dataset:
    last = int(np.flatnonzero(data.of_type("RV"))[-1])
    return _entries(data, document_number=_with(data.entries.document_number, last, 10**9))


def _late(data: Dataset) -> Dataset:
    by_hand = data.of_source("manual") & (np.arange(data.count) % 3 == 0)
    evening = data.entries.posting_date * 86_400 + 21 * 3_600
    return _entries(data, created_at=np.where(by_hand, evening, data.entries.created_at))


def _sourced(data: Dataset) -> Dataset:
    manual = data.of_source("manual") & (np.arange(data.count) % 5 == 0)
    automated = data.vocabulary.code("sources", "automated")
    return _entries(data, source=np.where(manual, automated, data.entries.source).astype(np.int32))


def _misposted(data: Dataset) -> Dataset:
    sale = data.of_type("BV")[data.entry] & (data.lines.credit > 0) & (data.lines.tax_code < 0)
    loans = data.vocabulary.code("accounts", "2400")
    return _lines(data, account=_with(data.lines.account, int(np.flatnonzero(sale)[-1]), loans))


def _balance(data: Dataset) -> Dataset:
    balance = data.balances.balance
    row = _first(~data.accounts.control[data.balances.account], after=3)
    return replace(data, balances=replace(data.balances, balance=_with(balance, row, balance[row] + 1)))


def _taxed(data: Dataset) -> Dataset:
    line = _first(data.lines.tax_code >= 0)
    amount = data.lines.tax_amount
    return _lines(data, tax_amount=_with(amount, line, amount[line] + 1))


@pytest.mark.parametrize(
    ("plant", "expected"),
    [
        (_cent, {"balance.document", "currency.translated"}),
        (_later, {"dates.document"}),
        (_rate, {"currency.rate_of_one"}),
        (_unlinked, {"reversals.linked"}),
        (_misdirected, {"links.payments", "ties.items_end", "gaps.payments"}),
        (_unapproved, {"approval.missing"}),
        (_renumbered, {"numbers.gapless"}),
        (_late, {"hours.working", "approval.time"}),
        (_sourced, {"mix.source_manual", "mix.source_automated"}),
        (_misposted, {"structure.rule_book", "ties.movements", "ties.result_zero", "ties.retained"}),
        (_balance, {"ties.movements", "ties.equation"}),
        (_taxed, {"tax.amounts"}),
    ],
)
def test_planted_fault(usual: Judged, plant: Plant, expected: set[str]) -> None:
    """A fault among sixty thousand entries is found, and nothing else but what follows from it."""
    data, config = usual

    assert expected == _failed((plant(data), config))


def test_a_date_is_no_tell(tmp_path: Path) -> None:
    """Invoices of the last months, of which only those paid soon are known, do not count as a tell."""
    patch = {"global": {"seed": 1, "industry": "technology"}, "transactions": {"target_count": 1_000}}

    assert not {"tells.days", "tells.numbers"} & _failed(_made(tmp_path / "data", patch))
