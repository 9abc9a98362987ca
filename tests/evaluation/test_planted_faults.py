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
