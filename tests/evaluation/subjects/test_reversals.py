"""Right documents that repeat wrong ones: chance is given what it needs, and no more."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.evaluation.check import Verdict
from datasynth.evaluation.subjects.reversals import reversal_checks
from tests.evaluation.copies import corrected_by_the_same
from tests.evaluation.misshapes import with_totals
from tests.evaluation.shapes import chances, good_config, good_shapes

if TYPE_CHECKING:
    from datasynth.evaluation import Dataset


def _judged(data: Dataset) -> tuple[Verdict, float | None]:
    check = next(one for one in reversal_checks(data, good_config()) if one.name == "reversals.differing")
    return check.verdict, check.high


def _coinciding(salt: int) -> Dataset:
    """Make documents without partners, on one account, of which a part have one total."""
    data = with_totals(good_shapes(), chances(salt) < 0.03, 12_345)
    entries, lines = data.entries, data.lines
    return replace(
        data,
        entries=replace(entries, header_text=np.zeros_like(entries.header_text)),
        lines=replace(
            lines,
            account=np.zeros_like(lines.account),
            assignment=np.zeros_like(lines.assignment),
            partner_id=np.full_like(lines.partner_id, -1),
        ),
    )


@pytest.mark.parametrize("salt", range(600, 608))
def test_coincidences(salt: int) -> None:
    """Where unlike documents have one total in thirty-three cases, some repeat a wrong one by chance."""
    verdict, most = _judged(_coinciding(salt))

    assert Verdict.PASS is verdict
    assert most is not None
    assert 1 <= most <= 12


def test_repeated_mistakes() -> None:
    """Where little is alike by chance, ten right documents that repeat wrong ones are found."""
    assert (Verdict.PASS, 1) == _judged(good_shapes())
    assert Verdict.FAIL is _judged(corrected_by_the_same(good_shapes()))[0]
