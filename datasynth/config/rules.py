"""What must hold between keys: sums, spans, and what companies and processes ask of one another."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from datasynth.config import model
from datasynth.config.fields import limit
from datasynth.config.list_fields import SUM_TOLERANCE, misses_one
from datasynth.config.model import MOST_SPECIAL, NARROWEST
from datasynth.config.volumes import too_many

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def _sum_to_one(values: Mapping[str, float], keys: Sequence[str]) -> None:
    """Where a share is missing or wrong, that is problem enough."""
    total = sum(values.values())
    if values.keys() >= set(keys) and misses_one(total):
        raise ValidationError(f"{_listed(keys)} must sum to 1 (± {SUM_TOLERANCE}); they sum to {total:.6g}.")


def _leave_ordinary_ones(values: Mapping[str, float], keys: Sequence[str]) -> None:
    rates = [key for key in keys if key.endswith("_rate")]
    if not values.keys() >= set(rates):
        return
    total = sum(values[rate] for rate in rates)
    if total > MOST_SPECIAL + 1e-9:
        raise ValidationError(f"{_listed(rates)} may sum to at most {MOST_SPECIAL}; they sum to {total:.6g}.")


def _wide_enough(values: Mapping[str, float], _: Sequence[str]) -> None:
    # The margin keeps 1.1 and 110 in, whatever their binary product is.
    if "min" in values and "max" in values and values["max"] < NARROWEST * values["min"] * (1 - 1e-12):
        raise ValidationError(f"max must be at least {NARROWEST} times min.")


def _somebody_to_deal_with(values: Mapping[str, Any], _: Sequence[str]) -> None:
    """Intercompany as the only process needs two companies; alone it would leave nothing to do."""
    companies, weights = values.get("companies"), values.get("business_processes")
    # Of a section with problems of its own, what is right by itself is here as a mere dict.
    if companies is None or not isinstance(weights, model.BusinessProcesses):
        return
    partners = [company for company in companies if company.volume_weight > 0]
    wanted = {name for name, weight in asdict(weights).items() if weight > 0}
    if len(partners) == 1 and wanted == {"intercompany_weight"}:
        sentence = "With one company, a process other than intercompany must have a weight above 0."
        raise ValidationError({"business_processes": {"intercompany_weight": [sentence]}})


def _within_max_lines(items: model.LineItems) -> None:
    above = [lines for lines, _ in items.custom_distribution if lines > items.max_lines]
    if above:
        sentence = f"Must be at most {limit(items.max_lines)}, the value of max_lines."
        raise ValidationError({"custom_distribution": {str(lines): [sentence] for lines in above}})


def _some_day(days: model.DayOfWeek) -> None:
    if not any(asdict(days).values()):
        raise ValidationError("At least one working day must be above 0.")


def _sums_fit(config: model.Config) -> None:
    """Balances are whole minor units in 64 bits: few entries of a weak currency are many of them."""
    if problem := too_many(config, config.transactions.target_count):
        raise ValidationError({"transactions": {"target_count": [problem]}})


def _listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]])


OF_PARTS: Mapping[type, Callable[[Mapping[str, Any], Sequence[str]], None]] = {
    model.Sources: _sum_to_one,
    model.BusinessProcesses: _sum_to_one,
    model.OrderToCash: _leave_ordinary_ones,
    model.ProcureToPay: _leave_ordinary_ones,
    model.TransactionAmounts: _wide_enough,
    model.Config: _somebody_to_deal_with,
}
"""By section: a rule that judges the values that are right by themselves, given all keys of the section."""

OF_WHOLES: Mapping[type, Callable[[Any], None]] = {
    model.LineItems: _within_max_lines,
    model.DayOfWeek: _some_day,
    model.Config: _sums_fit,
}
"""By section: a rule that judges the section once all its keys are right."""
