"""How many cases of each kind a process has, before rounding."""

from __future__ import annotations

from fractions import Fraction
from operator import attrgetter
from typing import TYPE_CHECKING

from datasynth.generation.schedule.allocation import exact, integer_weights
from datasynth.generation.schedule.closing_plan import process_weights
from datasynth.generation.schedule.document_series import trading_ring
from datasynth.generation.schedule.wrong_documents import kept_part
from datasynth.ledger.processes import CASE_KINDS, FOREIGN_CURRENCIES, PROCESSES, SINGLE_KINDS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from datasynth.config.model import Config, DocumentFlows
    from datasynth.ledger.processes import CaseKind

# Share of a process with cases that its single documents keep; they fill the days
# up, and below a quarter they no longer even the days out. [percent]
_SINGLE_PERCENT = 30
# Of the documents of a process's cases, at most this share belongs to those in each
# foreign currency. [percent]
_MOST_FOREIGN = 45
_ABROAD = tuple(kind for kind in (*CASE_KINDS, *SINGLE_KINDS) if kind.foreign)


def process_shares(config: Config) -> tuple[int, ...]:
    """Return the weight of each of `PROCESSES`, in whole numbers.

    If no company has a trading partner, the other processes share the weight of intercompany.
    """
    shares = integer_weights(list(process_weights(config).values()))
    alone = not trading_ring(config)
    if alone and any(shares[:-1]):
        shares[-1] = 0
    return tuple(shares)


def case_mix(config: Config) -> list[Fraction]:
    """Return how many cases of each of `CASE_KINDS` there are for each entry of a company.

    Those of corrected single documents follow from how many single ones there are.
    """
    shares = process_shares(config)
    found = [Fraction(0)] * len(CASE_KINDS)
    budgets = {
        process: Fraction(share, sum(shares)) * (100 - _SINGLE_PERCENT) / 100
        for process, share in zip(PROCESSES, shares, strict=True)
    }
    for process, budget in budgets.items():
        numbers = [at for at, kind in enumerate(CASE_KINDS) if kind.process == process]
        if numbers and budget:
            _mix_process(config, shares, budget, numbers, found)
    # Wrong documents and their reversals come on top.
    kept = kept_part(config)
    return [cases * kept for cases in found]


def _mix_process(
    config: Config, shares: Sequence[int], budget: Fraction, numbers: Sequence[int], found: list[Fraction]
) -> None:
    """Give one process its foreign cases; what they leave goes to the usual kinds."""
    left = budget
    # With many of both, the process's single documents make room, but no other process does.
    room = left + budget * _SINGLE_PERCENT / (100 - _SINGLE_PERCENT)
    for at in numbers:
        kind = CASE_KINDS[at]
        if kind.foreign:
            most = min(budget * _MOST_FOREIGN / 100, room / FOREIGN_CURRENCIES) / len(kind.steps)
            found[at] = min(_foreign_part(config, shares, kind), most)
            left -= found[at] * len(kind.steps)
    usual = [at for at in numbers if not (CASE_KINDS[at].foreign or CASE_KINDS[at].corrects >= 0)]
    weights = _usual_weights(config.document_flows, [CASE_KINDS[at] for at in usual])
    documents = sum(weight * len(CASE_KINDS[at].steps) for at, weight in zip(usual, weights, strict=True))
    for at, weight in zip(usual, weights, strict=True):
        if documents:
            found[at] = max(left, Fraction(0)) * weight / documents


def foreign_singles(config: Config) -> list[Fraction]:
    """Return how many documents of each of `SINGLE_KINDS` in foreign currency there are for each entry."""
    shares = process_shares(config)
    return [_foreign_part(config, shares, kind) if kind.foreign else Fraction(0) for kind in SINGLE_KINDS]


def _foreign_part(config: Config, shares: Sequence[int], kind: CaseKind) -> Fraction:
    """Return how many documents of a foreign kind there are for each entry, by the weights of processes."""
    weights = {process: shares[PROCESSES.index(process)] for process in {each.process for each in _ABROAD}}
    if not any(weights.values()):
        return Fraction(0)
    part = Fraction(weights[kind.process], sum(weights.values()))
    of_process = sum(exact(other.foreign) for other in _ABROAD if other.process == kind.process)
    return part * exact(kind.foreign) / of_process * exact(config.transactions.foreign_currency_share)


def _usual_weights(flows: DocumentFlows, kinds: Sequence[CaseKind]) -> list[Fraction]:
    """Return the weights of kinds of case; a part of another kind's share is taken from that kind."""
    shares = {kind.name: exact(kind.share) for kind in kinds}
    return [
        shares[kind.of] * _part_of_main(flows, kind, shares[kind.of]) / kind.invoices
        if kind.of
        else shares[kind.name] * plain_part(flows, kind)
        for kind in kinds
    ]


def plain_part(flows: DocumentFlows, main: CaseKind) -> Fraction:
    """Return what part of a kind's invoices the kinds that are a part of it leave."""
    share = exact(main.share)
    return 1 - sum(
        (_part_of_main(flows, kind, share) for kind in CASE_KINDS if kind.of == main.name), Fraction(0)
    )


def _part_of_main(flows: DocumentFlows, kind: CaseKind, share: Fraction) -> Fraction:
    """Return a kind's part of the invoices of its main kind, by its rate or its own share."""
    if not kind.rate:
        return exact(kind.share) / share
    rate: float = attrgetter(kind.rate)(flows)
    return exact(rate)
