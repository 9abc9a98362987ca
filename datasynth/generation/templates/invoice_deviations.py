"""Which invoices of a template pool are paid early or short, or differ in price from the order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.schedule.counts import CLASSES
from datasynth.generation.schedule.lags import class_ranks, scaled_lag
from datasynth.generation.schedule.mix import plain_part
from datasynth.generation.templates.shares import MILLION, ranks_of

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from datasynth.config.model import DocumentFlows
    from datasynth.generation.templates.shares import TemplateDraws
    from datasynth.ledger.processes import CaseKind

_SHORT, _PRICE, _EARLY = 17, 20, 27


@dataclass(frozen=True, slots=True)
class InvoiceDeviations:
    """Which templates have which deviation, as columns of (templates,) bool.

    Attributes
    ----------
    early, short
        Paid early, less a discount; paid a little short.
    dearer, cheaper
        Invoiced above and below the price of the order.
    """

    early: NDArray[np.bool_]
    short: NDArray[np.bool_]
    dearer: NDArray[np.bool_]
    cheaper: NDArray[np.bool_]


def draw_deviations(kind: CaseKind, flows: DocumentFlows, draws: TemplateDraws) -> InvoiceDeviations:
    """Decide which templates deviate.

    The configured rates are shares of all invoices of the kind.  These include invoices
    that are paid in another way and have template pools of their own.
    """
    sells = kind.partner == "customer"
    plain = plain_part(flows, kind)
    early = _share(flows.o2c.early_discount_rate if sells else flows.p2p.early_discount_rate, plain)
    short = _share(flows.o2c.short_payment_rate if sells else 0.0, plain)
    variance = _share(flows.p2p.price_variance_rate, plain)
    price = draws.ranks(_PRICE)
    late = _ranks_by_payment(kind, flows, draws) >= early
    # Only invoices that are not paid early are paid short, so the rate is a larger share of them.
    among_late = draws.ranks(_SHORT, late)
    return InvoiceDeviations(
        ~late,
        late & (among_late < short * MILLION // max(MILLION - early, 1)),
        price < variance // 2,
        (price >= variance // 2) & (price < variance),
    )


def _ranks_by_payment(kind: CaseKind, flows: DocumentFlows, draws: TemplateDraws) -> NDArray[np.int64]:
    """Rank the templates by how soon cases of their class are paid; at random within a class."""
    order = draws.order(_EARLY)
    pays = [step for step in kind.steps if step.pays]
    if pays:
        soon = class_ranks(scaled_lag(pays[-1], flows))[order * CLASSES // draws.templates]
        # There are few ranks, and numpy uses a counting sort for small integers.
        order = order[np.argsort(soon.astype(np.uint8), kind="stable")]
    return ranks_of(order, len(order))


def _share(rate: float, plain: Fraction) -> int:
    """Convert a share of all invoices to a share of the template pool. [millionths]"""
    return min(int(round(rate * MILLION) / plain), MILLION) if plain > 0 else 0
