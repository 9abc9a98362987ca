"""Keys of `document_flows` and `tax`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.generation.effects.worlds import ELSEWHERE, MONTH, OTHER_FLOWS, USUAL_FLOWS, WITHOUT, flowing, seen
from tests.generation.items import touches_of

if TYPE_CHECKING:
    from tests.generation.seen import Seen


def count(world: Seen, *texts: str) -> int:
    """Count the entries with some header texts."""
    return int(np.isin(world.header_texts, texts).sum())


def deliveries(world: Seen) -> int:
    """Count the invoices of deliveries that were paid."""
    whole = count(world, "Incoming payment", "Partial payment received", "Incoming payment after credit note")
    return whole + 3 * count(world, "Incoming payment for several invoices")


def check_rate(section: str, name: str, found: tuple[float, float]) -> None:
    """Compare shares of invoices, by default and as configured."""
    for rates, share in zip((USUAL_FLOWS, OTHER_FLOWS), found, strict=True):
        assert rates[section][name] == pytest.approx(share, rel=0.2, abs=0.003)


def of_deliveries(*texts: str, invoices: int = 1) -> tuple[float, float]:
    """Return the share of payments with some texts among the invoices of deliveries."""
    worlds = flowing(other=False), flowing(other=True)
    first, second = (invoices * count(world, *texts) / deliveries(world) for world in worlds)
    return first, second


def having(pool: str, document_type: str, among: str) -> tuple[float, float]:
    """Return how many documents of a type post to a pool, for each of another type, or of the deliveries."""
    found = []
    for world in (flowing(other=False), flowing(other=True)):
        posting = world.having(world.on(pool)) & (world.types == document_type)
        whole = deliveries(world) if among == "deliveries" else int((world.types == among).sum())
        found.append(float(posting.sum() / whole))
    return found[0], found[1]


def test_document_flows_o2c_partial_payment_rate() -> None:
    """That share of the invoices of deliveries is paid in two parts."""
    check_rate("o2c", "partial", of_deliveries("Partial payment received"))


def test_document_flows_o2c_short_payment_rate() -> None:
    """That share is paid a little short, the difference written off."""
    check_rate("o2c", "short", having("payment_difference", "DZ", "deliveries"))


def test_document_flows_o2c_early_discount_rate() -> None:
    """That share is paid less a discount, and those are paid before others."""
    check_rate("o2c", "early", having("discount_given", "DZ", "deliveries"))
    world = flowing(other=False)
    touches = touches_of(world)
    paying = (world.header_texts == "Incoming payment")[touches.entry] & (touches.opened == 0)[touches.item]
    opener = touches.entry[touches.first][touches.item[paying]]
    days = world.block.posting_day[touches.entry[paying]] - world.block.posting_day[opener]
    discounted = world.having(world.on("discount_given"))[touches.entry[paying]]

    assert days[discounted].max() <= np.median(days)
    assert days[discounted].mean() < 0.6 * days[~discounted].mean()


def test_document_flows_o2c_bundled_payment_rate() -> None:
    """That share is paid together with others of the same customer, three at a time."""
    check_rate("o2c", "bundled", of_deliveries("Incoming payment for several invoices", invoices=3))


def test_document_flows_o2c_return_rate() -> None:
    """That share is credited in part before the rest is paid."""
    check_rate("o2c", "return", of_deliveries("Incoming payment after credit note"))


def likeliest_days(world: Seen, payment: str, first: str) -> float:
    """Return the median of the days from the first documents of cases to their payments, in steady state."""
    touches = touches_of(world)
    paying = (world.header_texts == payment)[touches.entry] & (touches.opened == 0)[touches.item]
    paying &= (world.block.posting_day - world.block.posting_day[0])[touches.entry] > 80
    opener = touches.entry[touches.first][touches.item[paying]]
    assert {first} == set(world.types[opener].tolist())
    return float(np.median(world.block.posting_day[touches.entry[paying]] - world.block.posting_day[opener]))


def test_document_flows_o2c_payment_days() -> None:
    """Customers pay about so many days after delivery: two days fewer after the invoice."""
    usual, quick = (likeliest_days(flowing(other=other), "Incoming payment", "RV") for other in (False, True))

    # Most pay later than the likeliest day.
    assert 33 - 2 + 5 == pytest.approx(usual, abs=5)
    assert 15 - 2 + 2 == pytest.approx(quick, abs=3)


def test_document_flows_p2p_partial_payment_rate() -> None:
    """That share of the invoices for goods is paid in two parts."""
    worlds = flowing(other=False), flowing(other=True)
    shares = [count(world, "Partial vendor payment") / int((world.types == "RE").sum()) for world in worlds]
    check_rate("p2p", "partial", (shares[0], shares[1]))


def test_document_flows_p2p_early_discount_rate() -> None:
    """That share of the invoices for goods is paid less a discount."""
    check_rate("p2p", "early", having("discount_taken", "KZ", "RE"))


def test_document_flows_p2p_payment_run_rate() -> None:
    """That share of the invoices for services and expenses is paid with others of the same vendor."""
    shares = []
    for world in (flowing(other=False), flowing(other=True)):
        together = 3 * count(world, "Payment run, several invoices")
        shares.append(together / count(world, "Vendor invoice"))
    check_rate("p2p", "run", (shares[0], shares[1]))


def test_document_flows_p2p_price_variance_rate() -> None:
    """That share of the invoices for goods has another price than the goods were received at, up or down."""
    check_rate("p2p", "variance", having("price_difference", "RE", "RE"))
    world = flowing(other=True)
    lines = world.on("price_difference")

    assert (world.block.debit[lines] > 0).sum() > 50
    assert (world.block.credit[lines] > 0).sum() > 50


def test_document_flows_p2p_payment_days() -> None:
    """Vendors of goods are paid about so many days after the receipt."""
    found = []
    for other in (False, True):
        world = flowing(other=other)
        touches = touches_of(world)
        opener = touches.entry[touches.first][touches.item]
        paying = (world.header_texts == "Vendor payment")[touches.entry] & (world.types == "RE")[opener]
        paying &= (touches.opened == 0)[touches.item]
        paying &= (world.block.posting_day - world.block.posting_day[0])[touches.entry] > 100
        days = world.block.posting_day[touches.entry[paying]] - world.block.posting_day[opener[paying]]
        found.append(float(np.median(days)))

    # Four days from the receipt to the invoice.
    assert [32 - 4, 50 - 4] == pytest.approx(found, abs=8)


def taxed(world: Seen, *types: str) -> float:
    """Return the share of documents of some types that carry tax."""
    carrying = world.having(world.block.tax_code >= 0)
    return float(carrying[np.isin(world.types, types)].mean())


def test_tax_enabled() -> None:
    """Without taxes no line carries any, and no tax return is made."""
    without = seen(MONTH, WITHOUT)

    assert 0.0 == taxed(without, *set(without.types.tolist()))
    assert not without.on("output_tax", "input_tax", "tax_return_payable").any()
    assert taxed(seen(MONTH), "BV") > 0.4


def test_tax_taxable_share() -> None:
    """That share of sales and purchases carries tax, of those that the country taxes."""
    world = seen(*ELSEWHERE)

    # The United States tax sales alone, Germany purchases as well.
    assert [0.5, 0.0] == pytest.approx([taxed(seen(MONTH), kind) for kind in ("BV", "RE")], abs=0.04)
    assert [0.9, 0.9] == pytest.approx([taxed(world, kind) for kind in ("BV", "RE")], abs=0.05)
    assert {"A1", "V1"} == {world.words.tax_codes[code] for code in set(world.block.tax_code.tolist()) - {-1}}
