"""Checks whose bounds are those of companies that buy or sell."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from datasynth.evaluation import Verdict, evaluate
from tests.evaluation.shapes import good_config, good_shapes

if TYPE_CHECKING:
    from datasynth.config.model import Config

OF_TRADE = ("lines.3", "lines.10_99", "lines.even", "lines.equal", "amounts.spread")


def _with_weights(o2c: float, p2p: float) -> Config:
    config = good_config()
    processes = replace(config.business_processes, o2c_weight=o2c, p2p_weight=p2p)
    return replace(config, business_processes=processes)


@pytest.mark.parametrize(("o2c", "p2p", "judged"), [(0.0, 0.0, False), (0.3, 0.0, True), (0.0, 0.3, True)])
def test_shapes_of_trade_want_trade(o2c: float, p2p: float, *, judged: bool) -> None:
    """Payroll alone has no taxes; one of the two processes is enough to judge."""
    report = evaluate(good_shapes(), _with_weights(o2c, p2p))

    assert {judged} == {report.check(name).verdict is not Verdict.NOT_JUDGED for name in OF_TRADE}
    assert Verdict.NOT_JUDGED is not report.check("lines.most").verdict


@pytest.mark.parametrize(
    ("o2c", "p2p", "verdict"),
    [(0.0, 0.0, Verdict.FAIL), (0.3, 0.0, Verdict.PASS), (0.0, 0.3, Verdict.PASS)],
)
def test_nothing_is_foreign_without_trade(o2c: float, p2p: float, verdict: Verdict) -> None:
    """The share that is configured is one of what is bought and sold."""
    share = evaluate(good_shapes(), _with_weights(o2c, p2p)).check("currency.share")

    assert share.figure is not None
    assert share.figure > 0
    assert verdict is share.verdict
