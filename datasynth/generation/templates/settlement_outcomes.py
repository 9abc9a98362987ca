"""What becomes of the invoices of a template pool: which are paid early, short, or at another price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.draws import draws
from datasynth.generation.kernels.counts import CLASSES
from datasynth.generation.schedule.lags import class_ranks, scaled_lag
from datasynth.generation.schedule.mix import plain_part

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.ledger.processes import CaseKind

_MILLION = 1_000_000
_SHORT, _PRICE, _EARLY = 17, 20, 27


@dataclass(frozen=True, slots=True)
class SettlementOutcomes:
    """Which templates of a template pool have which settlement outcome.

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


def draw_outcomes(kind: CaseKind, config: Config, key: int, templates: int) -> SettlementOutcomes:
    """Decide what becomes of each template; both templates of a pair fare alike.

    The configured rates are shares of all invoices of the kind, those included
    that are paid in another way and have template pools of their own.

    Parameters
    ----------
    kind
        Whose transactions.
    config
        Its document flows.
    key
        Of the template pool.
    account combinations
        How many.
    """
    flows = config.document_flows
    sells = kind.partner == "customer"
    plain = plain_part(config, kind)
    early = _share(flows.o2c.early_discount_rate if sells else flows.p2p.early_discount_rate, plain)
    short = _share(flows.o2c.short_payment_rate if sells else 0.0, plain)
    variance = _share(flows.p2p.price_variance_rate, plain)
    place = _by_payment(kind, config, key, templates)
    price = ranked(key, templates, _PRICE)
    late = place >= early
    rest = max(_MILLION - early, 1)
    unhurried = ranked(key, templates, _SHORT, late)
    return SettlementOutcomes(
        ~late,
        late & (unhurried < short * _MILLION // rest),
        price < variance // 2,
        (price >= variance // 2) & (price < variance),
    )


def ranked(key: int, templates: int, field: int, among: NDArray[np.bool_] | None = None) -> NDArray[np.int64]:
    """Rank the pairs at random, in millionths, so that any share of them is exact.

    Parameters
    ----------
    key
        Of the template pool.
    account combinations
        How many.
    field
        Which of the draws.
    among : (account combinations,) bool
        Templates to rank; the others come after them.  All, if left out.
    """
    pairs = np.arange(templates // 2, dtype=np.int64)
    bits = draws(key, pairs, field)
    # Draws of one key are all different, so every way of sorting gives the same order.
    order = np.argsort(bits)
    if among is None:
        return _in_millionths(order, templates // 2)
    first = among[::2][order]
    order = np.concatenate([order[first], order[~first]])
    return _in_millionths(order, max(int(np.count_nonzero(first)), 1))


def _by_payment(kind: CaseKind, config: Config, key: int, templates: int) -> NDArray[np.int64]:
    """Rank the pairs by how soon cases of their class are paid; at random within a class."""
    pays = [step for step in kind.steps if step.pays]
    pairs = np.arange(templates // 2, dtype=np.int64)
    order = np.argsort(draws(key, pairs, _EARLY))
    if pays:
        soon = class_ranks(scaled_lag(pays[-1], config.document_flows))[2 * order * CLASSES // templates]
        # There are few ranks, which numpy sorts by counting if they are small numbers.
        order = order[np.argsort(soon.astype(np.uint8), kind="stable")]
    return _in_millionths(order, templates // 2)


def _in_millionths(order: NDArray[np.int64], whole: int) -> NDArray[np.int64]:
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return np.repeat((2 * place + 1) * (_MILLION // 2) // whole, 2)


def _share(rate: float, plain: Fraction) -> int:
    """Return the part of a template pool that a share of all invoices is. [millionths]"""
    return min(int(round(rate * _MILLION) / plain), _MILLION) if plain > 0 else 0
