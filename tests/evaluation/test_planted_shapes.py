"""Each check on a share finds data that is out of shape; others speak up only for what follows from it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import pytest

from datasynth.evaluation import Verdict, evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from tests.evaluation.good import good_books
from tests.evaluation.shapes import good_config, good_shapes
from tests.evaluation.tell_misshapes import MISSHAPES

if TYPE_CHECKING:
    from datasynth.evaluation import Dataset, Report


@cache
def _good() -> Dataset:
    return good_shapes()


@cache
def _exact() -> frozenset[str]:
    """Checks that are judged however few entries there are; these books do not tie, so they do not count."""
    books = good_books()
    report = evaluate(read_dataset(books, books.config()), books.config())
    return frozenset(check.name for check in report.checks if check.verdict is not Verdict.NOT_JUDGED)


def _failed(report: Report) -> set[str]:
    return {check.name for check in report.failed} - _exact()


def test_good_shapes() -> None:
    """Nobody finds fault with good shapes."""
    assert set() == _failed(evaluate(_good(), good_config()))


def test_every_check_has_a_fault() -> None:
    """Each check that judges good shapes is failed by at least one fault."""
    report = evaluate(_good(), good_config())
    judged = {check.name for check in report.checks if check.verdict is Verdict.PASS} - _exact()
    found = frozenset[str]().union(*(checks for _, _, checks in MISSHAPES.values()))

    assert set() == judged - found


@pytest.mark.parametrize("name", MISSHAPES)
def test_misshape(name: str) -> None:
    """The checks that have to see what is out of shape fail, and only they."""
    plant, config, checks = MISSHAPES[name]

    assert checks == _failed(evaluate(plant(_good()), config))
