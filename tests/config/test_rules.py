"""What must hold between keys: of processes, invoices, lines, amounts, sources and days."""

from __future__ import annotations

import pytest

from datasynth.config import config_from_mapping
from datasynth.config.model import MOST_SPECIAL, OrderToCash, ProcureToPay
from tests.config.documents import nested, problems

LINES = "transactions.line_items.custom_distribution"
AMOUNTS = "transactions.amounts"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
OTHERS = ("p2p", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")


@pytest.mark.parametrize("total", [0.99, 1.0, 1.01])
def test_weights_may_miss_one_by_a_hundredth(total: float) -> None:
    """The sum of the process weights has a tolerance, its ends included."""
    o2c = round(total - 0.7, 2)
    section = {"o2c_weight": o2c} | {f"{name}_weight": 0.1 for name in OTHERS}

    assert o2c == config_from_mapping({"business_processes": section}).business_processes.o2c_weight


@pytest.mark.parametrize("o2c", [0.0, 0.21, 0.24, 1.0])
def test_weights_must_sum_to_one(o2c: float) -> None:
    """A sum beyond the tolerance is refused at the section, with the names and the sum."""
    details = problems({"business_processes": {"o2c_weight": o2c}})

    sentence = (
        "o2c_weight, p2p_weight, r2r_weight, h2r_weight, a2r_weight, treasury_weight, tax_weight and "
        f"intercompany_weight must sum to 1 (± 0.01); they sum to {0.775 + o2c:.6g}."
    )
    assert {"business_processes": [sentence]} == details


def test_weights_are_summed_beside_other_problems() -> None:
    """An unknown key does not hide that the weights miss one."""
    details = problems({"business_processes": {"o2c_weight": 1.0, "x2y_weight": 0.1}})

    assert ["business_processes", "business_processes.x2y_weight"] == list(details)


def test_a_wrong_weight_is_not_summed() -> None:
    """Where a weight is wrong by itself, the sum is not blamed as well."""
    details = problems({"business_processes": {"o2c_weight": 2.0}})

    assert {"business_processes.o2c_weight": ["Must be from 0 to 1."]} == details


RATES = {
    "o2c": ("partial_payment", "short_payment", "early_discount", "bundled_payment", "return"),
    "p2p": ("partial_payment", "early_discount", "payment_run", "price_variance"),
}


@pytest.mark.parametrize("flow", ["o2c", "p2p"])
def test_some_invoices_are_paid_as_they_stand(flow: str) -> None:
    """The rates of a flow may sum to 0.95 and no more; both flows are told at once."""
    first, second, *others = (f"{name}_rate" for name in RATES[flow])
    rates = {first: 0.55, second: 0.4} | dict.fromkeys(others, 0)
    config_from_mapping({"document_flows": {flow: rates}})

    details = problems({"document_flows": {flow: {**rates, first: 0.56}}})

    assert [f"document_flows.{flow}"] == list(details)
    assert "may sum to at most 0.95; they sum to 0.96." in str(details)


def test_both_flows_are_told_at_once() -> None:
    """A problem of one flow does not hide that of the other."""
    details = problems({"document_flows": {"o2c": {"return_rate": 1}, "p2p": {"payment_run_rate": 1}}})

    assert ["document_flows.o2c", "document_flows.p2p"] == list(details)


@pytest.mark.parametrize("flow", [OrderToCash, ProcureToPay])
def test_the_most_that_rates_sum_to_is_described(flow: type) -> None:
    """What people read of a flow names the sum that the rule allows."""
    assert f"sum to at most {MOST_SPECIAL}." in str(flow.__doc__)


def test_lines_above_the_most() -> None:
    """A number of lines above max_lines is told, be it a default or set beside it."""
    shares = {"2": 0.5, "60": 0.3, "200": 0.2}

    details = problems(nested(LINES, shares))
    beside = problems(nested("transactions.line_items", {"max_lines": 50, "custom_distribution": shares}))

    assert {f"{LINES}.200": ["Must be at most 100, the value of max_lines."]} == details
    assert [f"{LINES}.200", f"{LINES}.60"] == list(beside)


@pytest.mark.parametrize(("low", "high"), [(0.1, 10), (1.1, 110), (10**6, 10**8), (0.01, 10**12)])
def test_amounts_span_two_decades(low: float, high: float) -> None:
    """A hundred times the smallest amount is enough for the largest, whatever the fractions."""
    amounts = config_from_mapping(nested(AMOUNTS, {"min": low, "max": high})).transactions.amounts

    assert (low, high) == (amounts.min, amounts.max)


@pytest.mark.parametrize(("low", "high"), [(0.11, 10), (10, 999.99), (10**6, 10**7)])
def test_amounts_that_span_less(low: float, high: float) -> None:
    """A narrower span is told at the section."""
    details = problems(nested(AMOUNTS, {"min": low, "max": high}))

    assert {AMOUNTS: ["max must be at least 100 times min."]} == details


def test_sources_sum_to_one() -> None:
    """A change of one source alone is told at the section, with the sum."""
    details = problems(nested("transactions.sources.manual", 0.3))

    sentence = "manual, automated, recurring and adjustment must sum to 1 (± 0.01); they sum to 1.1."
    assert {"transactions.sources": [sentence]} == details


def test_some_day_is_busy() -> None:
    """One working day is enough, none is not."""
    idle = dict.fromkeys(DAYS, 0)
    path = "transactions.temporal.day_of_week"

    assert {path: ["At least one working day must be above 0."]} == problems(nested(path, idle))
    assert (
        1.0
        == config_from_mapping(nested(path, {**idle, "friday": 1})).transactions.temporal.day_of_week.friday
    )
