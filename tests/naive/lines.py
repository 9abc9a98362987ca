"""Lines of entries, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.ledger.closes import Basis
from datasynth.ledger.processes import Valuation
from datasynth.ledger.taxes import INPUT, OUTPUT
from tests.naive.templates import is_debit, mistaken, posted, posted_to
from tests.naive.valued import value_of_lines

if TYPE_CHECKING:
    from tests.naive.headers import Headers

UNITS = 8
"""Cost centres of a profit centre."""

Line = dict[str, int | str | None]
_TAXES = {"output_tax": OUTPUT, "input_tax": INPUT}
_BANKS = {"bank", "payroll_bank"}


def lines(headers: Headers, entry: int) -> list[Line]:
    """Spell out the lines of an entry of the untriggered journal, words for codes."""
    close = headers.closing_entry(entry)
    found = _of_close(headers, entry) if close is not None else _of_case(headers, entry)
    allocated = close is not None and close.item.basis is Basis.ALLOCATION
    _place(headers, entry, found, allocated=allocated)
    return found


def _of_close(headers: Headers, entry: int) -> list[Line]:
    """Return what the close's entry says, debits first."""
    close = headers.closing_entry(entry)
    assert close is not None
    ordered = [line for line in close.lines if line[1] > 0] + [line for line in close.lines if line[1] < 0]
    other = _ring_partner(headers, entry) if close.item.basis is Basis.INTERCOMPANY else None
    return [
        _line(headers, account, amount, amount) | {"line_text": close.item.text, "trading_partner": other}
        for account, amount in ordered
    ]


def _of_case(headers: Headers, entry: int) -> list[Line]:
    placements, series = headers.placements, headers.series(entry)
    at, number = int(placements.series[entry]), int(placements.number[entry])
    plan, version = headers.plan, headers.version(entry)
    postings = (*series.posted.debit, *series.posted.credit)
    copied = _amounts(headers, entry)
    foreign = headers.valuer.valuation(at) is Valuation.FOREIGN
    local = [amount for _, amount in copied]
    if foreign:
        rate, pair = headers.valuer.rate(at, int(placements.rate_day[entry])), headers.valuer.currencies(at)
        local = [
            own
            for debit in (True, False)
            for own in value_of_lines(
                [amount for posting, amount in copied if is_debit(plan, at, posting, version) == debit],
                rate,
                *pair,
            )
        ]
    accounts = [account for account, _, _ in posted_to(plan, at, number, version)]
    if headers.valuer.valuation(at) is Valuation.SETTLES:
        accounts = [mistaken(plan, at, plan.chart.only(postings[each].pool), version) for each, _ in copied]
    trading = _trading(headers, entry)
    found = []
    for account, (posting, amount), own in zip(accounts, copied, local, strict=True):
        sign = 1 if is_debit(plan, at, posting, version) else -1
        item, pool = postings[posting].item, postings[posting].pool
        tax = _TAXES.get(pool)
        found.append(
            _line(headers, account, sign * amount, sign * own)
            | {
                "line_text": postings[posting].text,
                "partner": headers.partner(entry) if item else None,
                "assignment": headers.printed(at, number, item, version) if item else None,
                "trading_partner": trading,
                "tax_code": tax,
                "tax_amount": amount if tax else 0,
            }
        )
    return found


def _amounts(headers: Headers, entry: int) -> list[tuple[int, int]]:
    """Return postings and amounts of an entry's lines, in the currency of the document."""
    placements, series = headers.placements, headers.series(entry)
    at, number = int(placements.series[entry]), int(placements.number[entry])
    if headers.valuer.valuation(at) is not Valuation.SETTLES:
        return posted(headers.plan, at, number, headers.version(entry))
    booked, paid = headers.valuer.settled(at, number, int(placements.rate_day[entry]))
    amounts = []
    for posting, what in enumerate((*series.posted.debit, *series.posted.credit)):
        gained = paid - booked if not series.posted.debit[0].item else booked - paid
        if what.pool == "exchange_gain":
            amounts.append((posting, max(gained, 0)))
        elif what.pool == "exchange_loss":
            amounts.append((posting, max(-gained, 0)))
        else:
            amounts.append((posting, booked if what.item else paid))
    return sorted(
        ((posting, amount) for posting, amount in amounts if amount),
        key=lambda line: not is_debit(headers.plan, at, line[0], headers.version(entry)),
    )


def _trading(headers: Headers, entry: int) -> str | None:
    """Return the company on the other side of an intercompany document."""
    series = headers.series(entry)
    if series.kind is not SeriesKind.CASE or not series.case_kind.intercompany:
        return None
    companies = headers.plan.config.companies
    if series.company != series.case_company:
        return companies[series.case_company].code
    busy = [place for place, company in enumerate(companies) if company.volume_weight > 0]
    return companies[busy[(busy.index(series.case_company) + 1) % len(busy)]].code


def _ring_partner(headers: Headers, entry: int) -> str:
    """Return the company that a closing entry is about: the next of one's currency, or the one before."""
    close = headers.closing_entry(entry)
    assert close is not None
    companies = headers.plan.config.companies
    currency = companies[close.company].currency
    ring = [place for place, company in enumerate(companies) if company.currency == currency]
    here = ring.index(close.company)
    charged = close.item.name in {"intercompany.received", "intercompany.paid"}
    return companies[ring[here - 1] if charged else ring[(here + 1) % len(ring)]].code


def _line(headers: Headers, account: int, amount: int, local: int) -> Line:
    return {
        "account": headers.plan.chart.accounts[account].code,
        "debit": max(amount, 0),
        "credit": max(-amount, 0),
        "local_amount": local,
        "partner": None,
        "assignment": None,
        "trading_partner": None,
        "tax_code": None,
        "tax_amount": 0,
    }


def _place(headers: Headers, entry: int, found: list[Line], *, allocated: bool) -> None:
    """Give the lines their centres and value dates."""
    placements, plan = headers.placements, headers.plan
    accounts = {account.code: (place, account) for place, account in enumerate(plan.chart.accounts)}
    centers = plan.config.master_data.cost_centers
    bits = draw(int(plan.series.key[int(placements.series[entry])]), int(placements.number[entry]), 3)
    close = headers.closing_entry(entry)
    if close is not None:
        # What a close accrues and what takes it back stand on the same centre: their text's.
        bits = draw(int(plan.block_tables.id_key), plan.vocabulary.line_texts.index(close.item.text), 3)
    offset = (bits >> 32) * centers >> 32
    for number, line in enumerate(found):
        place, account = accounts[str(line["account"])]
        center = (number if allocated else offset + place) % centers
        line["cost_center"] = f"CC{center + 1:04}" if account.of_result else None
        line["profit_center"] = f"PC{center // UNITS + 1:03}" if account.of_result else None
        line["value_day"] = headers.day(entry) if account.pool in _BANKS else None
