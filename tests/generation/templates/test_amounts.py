"""Amounts of transactions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.config import config_from_mapping
from datasynth.generation.draws import make_key
from datasynth.generation.templates.amounts import USUAL_LEVEL, AmountTerms, draw_amounts, mean_amount
from datasynth.generation.templates.invoice_deviations import draw_deviations
from datasynth.generation.templates.shares import TemplateDraws
from datasynth.ledger.currencies import CURRENCIES
from datasynth.ledger.exchange import PARTS_OF_A_DOLLAR, base_value, round_amount
from datasynth.ledger.industries import industry
from datasynth.ledger.processes import CASE_KINDS, SINGLE_KINDS, CaseKind

if TYPE_CHECKING:
    from datasynth.generation.templates.amounts import TemplateAmounts

KINDS = {kind.name: kind for kind in (*CASE_KINDS, *SINGLE_KINDS) if not kind.valued}
TEMPLATES = 1_024
TAXED = ("order", "purchase", "purchase_credited", "order_returned", "cash_sale", "service", "invoice")
SUMS = (
    (("net", "tax"), ("gross",)),
    (("paid", "discount", "short"), ("gross",)),
    (("received", "dearer"), ("net", "cheaper")),
    (("part", "rest"), ("gross",)),
    (("returned_net", "returned_tax"), ("returned",)),
    (("returned", "kept"), ("gross",)),
    (("first", "second", "third"), ("total",)),
    (("salary", "social"), ("net_pay", "wage_tax", "contributions")),
)
"""Names of amounts whose sums are one, whatever the variation."""


def terms_of(
    patch: dict[str, object] | None = None,
    *,
    currency: str = "USD",
    permille: int = 0,
    level: int = USUAL_LEVEL,
) -> AmountTerms:
    """Return terms of retail."""
    terms = AmountTerms.of(config_from_mapping(patch or {}), currency, permille, level)
    return replace(terms, industry=industry("retail"))


def drawn(name: str, terms: AmountTerms, seed: int = 5) -> TemplateAmounts:
    """Draw the amounts of a kind."""
    return draw_amounts(KINDS[name], terms, TemplateDraws(make_key(seed), TEMPLATES))


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_amounts_add_up_whatever_the_variation(kind: CaseKind) -> None:
    """Payments, taxes, parts and returns sum to their invoices, and so do the jitter steps."""
    for currency, permille in (("JPY", 0), ("IDR", 190), ("KWD", 81), ("CLF", 255)):
        amounts = draw_amounts(
            kind, terms_of(currency=currency, permille=permille), TemplateDraws(make_key(3), TEMPLATES)
        )
        for columns in (amounts.values, amounts.jitter_units):
            assert set(columns) == set(amounts.values)
            for left, right in SUMS:
                if set(left) <= set(columns):
                    one, other = (sum(columns[name] for name in names) for names in (left, right))
                    assert np.array_equal(one, other)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_amount_that_a_kind_posts_is_drawn(kind: CaseKind) -> None:
    """Postings name amounts that there are, none below nil; the first of each side is always above it."""
    values = draw_amounts(kind, terms_of(permille=190), TemplateDraws(make_key(3), TEMPLATES)).values
    for step in kind.steps:
        for side in (step.debit, step.credit):
            assert values[side[0].amount].min() > 0
            for posting in side:
                assert values[posting.amount].min() >= 0


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_like_templates_have_like_jitter_units(kind: CaseKind) -> None:
    """Those that can share a ring vary by the same steps in every amount."""
    amounts = draw_amounts(kind, terms_of(permille=190), TemplateDraws(make_key(3), TEMPLATES))
    for alike in np.unique(amounts.alike).tolist():
        for units in amounts.jitter_units.values():
            assert 1 >= len(set(units[amounts.alike == alike].tolist()))


def test_a_template_says_nothing_of_its_neighbour() -> None:
    """Size, tax and outcomes are drawn for each template by itself."""
    values = drawn("order", terms_of(permille=190)).values
    for column in (np.argsort(np.argsort(values["net"])), values["tax"] > 0, values["short"] > 0):
        together = np.corrcoef(column[0::2].astype(float), column[1::2].astype(float))[0, 1]

        assert abs(together) < 4 / np.sqrt(TEMPLATES / 2)


@settings(max_examples=25)
@given(
    name=st.sampled_from(TAXED),
    permille=st.integers(0, 270),
    currency=st.sampled_from(("JPY", "USD", "IRR", "KWD", "CLF")),
    steps=st.integers(-1_000, 1_000),
    seed=st.integers(0, 2**63 - 1),
)
def test_tax_is_its_rate_of_the_net_amount_after_any_variation(
    name: str, permille: int, currency: str, steps: int, seed: int
) -> None:
    """A step adds to the net amount and to the tax what keeps one the rounded rate of the other."""
    amounts = drawn(name, terms_of(currency=currency, permille=permille), seed)
    taxed = amounts.values["tax"] > 0
    # No template varies by more than half of what it has, see `TemplatePoolDraft`.
    most = amounts.values["net"] // (2 * amounts.jitter_units["net"])
    varied = np.clip(steps, -most, most)
    net, tax = (amounts.values[part] + varied * amounts.jitter_units[part] for part in ("net", "tax"))
    expected = (net * permille + 500) // 1_000

    assert np.array_equal(expected[taxed], tax[taxed])
    assert not tax[~taxed].any()


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_configured_share_is_taxed(share: float) -> None:
    """So many templates carry tax, exactly, but for amounts that are too small for any."""
    amounts = drawn("order", terms_of({"tax": {"taxable_share": share}}, permille=190))

    assert share == pytest.approx(float((amounts.values["tax"] > 0).mean()), abs=0.005)


def test_exempt_trade_carries_no_tax() -> None:
    """At a rate of nil nothing is taxed, and every minor unit of variation is possible."""
    amounts = drawn("order", terms_of(permille=0))

    assert not amounts.values["tax"].any()
    assert {1} == set(amounts.jitter_units["gross"].tolist())


def test_amounts_follow_the_industry() -> None:
    """The logarithms of sales have the mean and deviation of the industry's profile."""
    profile = industry("retail").amount_profiles["sale"]
    amounts = drawn("order", terms_of({"transactions": {"amounts": {"round_number_bias": 0.0}}}))
    logs = np.log(amounts.values["net"] / 100)

    assert logs.mean() == pytest.approx(profile.mean, abs=0.05)
    assert logs.std() == pytest.approx(profile.deviation, abs=0.05)


@pytest.mark.parametrize("currency", CURRENCIES)
def test_amounts_are_worth_as_much_in_every_currency(currency: str) -> None:
    """What the currency is worth decides how large they are in number, not how it is divided."""
    values = drawn("cash_sale", terms_of(currency=currency)).values["net"]
    usual = drawn("cash_sale", terms_of()).values["net"] / 100
    dollars_each = base_value(currency) / PARTS_OF_A_DOLLAR / 10 ** CURRENCIES[currency]

    assert np.median(usual) == pytest.approx(float(np.median(values)) * dollars_each, rel=0.02)


@pytest.mark.parametrize(
    ("currency", "unit"),
    [("USD", 100), ("EUR", 100), ("IDR", 10**6), ("JPY", 100), ("KWD", 100), ("IRR", 10**7)],
)
def test_rounded_amounts_are_round_in_their_currency(currency: str, unit: int) -> None:
    """Ten thousand rupiahs, a hundred yen or a tenth of a dinar are what a dollar is to dollars."""
    bias: dict[str, object] = {"transactions": {"amounts": {"round_number_bias": 1.0}}}
    values = drawn("cash_sale", terms_of(bias, currency=currency)).values["net"]

    assert unit == round_amount(currency)
    assert not (values % unit).any()
    assert not (values[values >= 100 * unit] % (5 * unit)).any()


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("currency", ["IRR", "LBP", "CLF"])
def test_the_largest_amounts_fit(name: str, currency: str) -> None:
    """Shares of amounts at the upper bound are exact: nothing wraps round, and all parts sum to the whole."""
    bounds: dict[str, object] = {"transactions": {"amounts": {"min": 1e6, "max": 1e12}}}
    values = drawn(name, terms_of(bounds, currency=currency, permille=270, level=10_000)).values

    assert all(amounts.min() >= 0 for amounts in values.values())
    for left, right in SUMS:
        if set(left) <= set(values):
            one, other = (sum(values[name] for name in names) for names in (left, right))
            assert np.array_equal(one, other)


def test_a_level_multiplies_amounts() -> None:
    """Twice the level, twice the amounts."""
    plain, double = (drawn("order", terms_of(level=level)).values["net"] for level in (1_000, 2_000))

    assert 2.0 == pytest.approx(float(np.median(double) / np.median(plain)), rel=0.03)


def test_bounds_leave_out_what_is_outside_and_pile_nothing_up() -> None:
    """Amounts lie within the bounds, and no single one is frequent."""
    bounds = {"min": 20.0, "max": 2000.0, "round_number_bias": 0.0}
    net = drawn("cash_sale", terms_of({"transactions": {"amounts": bounds}})).values["net"]
    _, counts = np.unique(net, return_counts=True)

    # There is room for some variation at the ends.
    assert 2_285 <= net.min() < 2_400
    assert 170_000 < net.max() <= 177_780
    assert counts.max() <= 4


def test_no_variation_leads_out_of_the_bounds() -> None:
    """The smallest and the largest amounts vary least."""
    terms = terms_of({"transactions": {"amounts": {"min": 20.0, "max": 2000.0, "round_number_bias": 0.0}}})
    amounts = drawn("cash_sale", terms)
    net, unit = amounts.values["net"], amounts.jitter_units["net"]

    assert (net - amounts.most * unit >= 2_000).all()
    assert (net + amounts.most * unit <= 200_000).all()
    assert np.array_equal(terms.most_steps(net, unit), amounts.most)
    assert (net - (amounts.most + 1) * unit < 2_000)[net < 20_000].all()


@pytest.mark.parametrize("bias", [0.0, 0.4, 1.0])
def test_the_configured_share_is_round(bias: float) -> None:
    """So many templates have rounded amounts, which do not vary; no others are round but by chance."""
    amounts = drawn("cash_sale", terms_of({"transactions": {"amounts": {"round_number_bias": bias}}}))
    whole = amounts.values["net"] % 100 == 0

    assert bias == pytest.approx(float(amounts.fixed.mean()), abs=0.06)
    assert whole[amounts.fixed].all()
    assert bias == 1.0 or whole[~amounts.fixed].mean() < 0.05


def test_the_larger_an_amount_the_coarser_it_is_rounded() -> None:
    """Steps are 1, 5, 50, 500 … units, never more than a twentieth of the amount."""
    exact, rounded = (
        drawn("asset", terms_of({"transactions": {"amounts": {"round_number_bias": bias}}})).values["net"]
        for bias in (0.0, 1.0)
    )
    for before, after in zip(exact.tolist(), rounded.tolist(), strict=True):
        step = max([100, *(500 * 10**power for power in range(9) if 20 * 500 * 10**power <= before)])
        assert after % step == 0
        assert abs(after - before) <= step / 2 or after == 100


@pytest.mark.parametrize("name", ["order", "purchase"])
def test_invoices_have_the_amounts_of_their_outcomes(name: str) -> None:
    """Discounts are one to three percent, what is short up to two, other prices up to five."""
    terms = terms_of({"document_flows": {"o2c": {"short_payment_rate": 0.2}}})
    values = drawn(name, terms).values
    outcomes = draw_deviations(KINDS[name], terms.flows, TemplateDraws(make_key(5), TEMPLATES))
    large = values["net"] > 10_000
    for part, fate, base, most in (
        ("discount", outcomes.early, "gross", 30),
        ("short", outcomes.short, "gross", 20),
        ("dearer", outcomes.dearer, "net", 50),
        ("cheaper", outcomes.cheaper, "net", 50),
    ):
        assert np.array_equal(fate[large], values[part][large] > 0)
        assert not values[part][~fate].any()
        assert (values[part] * 1_000 <= values[base] * most).all()


def test_goods_cost_what_the_industry_pays_for_them() -> None:
    """The cost of each sale is within the industry's range of shares."""
    low, high = industry("retail").cost
    values = drawn("order", terms_of()).values

    assert (values["cost"] <= values["net"] * high // 1_000 + 1).all()
    assert (values["cost"] * 1_000 >= values["net"] * low - 1_000).all()


def test_the_cost_of_taxed_goods_varies_with_their_price() -> None:
    """By the middle of the industry's range of shares."""
    low, high = industry("retail").cost
    amounts = drawn("order", terms_of(permille=190))
    taxed = amounts.values["tax"] > 0

    share = amounts.jitter_units["cost"][taxed] / amounts.jitter_units["net"][taxed]

    assert taxed.any()
    assert share == pytest.approx((low + high) / 2_000, abs=0.01)


def test_keys_draw_other_amounts() -> None:
    """Another seed gives the same distribution in another order."""
    first, second = (drawn("order", terms_of(), seed).values["net"] for seed in (1, 2))

    assert first.tolist() != second.tolist()
    assert float(np.median(first)) == pytest.approx(float(np.median(second)), rel=0.05)


def test_the_mean_amount_is_that_of_the_distribution() -> None:
    """Between the configured bounds, as what is drawn has it."""
    terms = terms_of({"transactions": {"amounts": {"max": 20_000.0, "round_number_bias": 0.0}}})
    net = drawn("cash_sale", terms).values["net"]

    assert mean_amount("sale", terms) == pytest.approx(float(net.mean()), rel=0.03)
