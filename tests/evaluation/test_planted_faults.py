"""Each exact check finds the fault that is planted for it; others speak up only for what follows from it."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING

import pytest

from datasynth.evaluation import Verdict, evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation import book_faults, entry_faults
from tests.evaluation.good import good_books
from tests.evaluation.planting import first, line

if TYPE_CHECKING:
    from datasynth.evaluation import Report
    from tests.evaluation.bookkeeping import Files

FAULTS = {**entry_faults.FAULTS, **book_faults.FAULTS}


@cache
def _good() -> Files:
    return good_books()


def _judged(files: Files) -> Report:
    config = files.config()
    return evaluate(read_dataset(files, config), config)


def test_good_books() -> None:
    """Nobody finds fault with good books."""
    assert () == _judged(_good()).failed


def test_every_check_has_a_fault() -> None:
    """Each check that judges good books is failed by at least one fault."""
    judged = {check.name for check in _judged(_good()).checks if check.verdict is Verdict.PASS}
    found = frozenset[str]().union(*(checks for _, checks in FAULTS.values()))

    assert set() == judged - found


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str) -> None:
    """The checks that have to see the fault fail, and only they."""
    plant, checks = FAULTS[name]
    files = deepcopy(_good())
    plant(files)

    assert checks == {check.name for check in _judged(files).failed}


@pytest.mark.parametrize(
    ("second", "failed"), [("V1000B", set()), ("V1000", {"ties.opened_once", "gaps.vendor_numbers"})]
)
def test_vendors_number_their_own_invoices(second: str, failed: set[str]) -> None:
    """Two vendors may use one number, of digits alone: an item is its partner's. One vendor uses it once."""
    files = deepcopy(_good())
    parties = files.tables["parties"]
    known = next(party for party in parties if party["partner_id"] == "V1000")
    parties.append({**known, "partner_id": "V1000B"})
    for month, vendor in (("2025-01", "V1000"), ("2025-02", second)):
        for kind in ("RE", "KZ"):
            document = first(files, kind, month=month)
            payable = line(document, "2000")
            document["reference"] = payable["assignment"] = "0020815"
            payable["partner_id"] = vendor

    assert failed == {check.name for check in _judged(files).failed}
