"""Every key of the configuration moves the journal, as its documentation says."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

from datasynth.config import ConfigDocument
from datasynth.ledger.calendars import FiscalCalendar, add_months, to_day
from tests.generation.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator


SMALL: dict[str, object] = {
    "global": {"start_date": "2024-02-01", "period_months": 3},
    "transactions": {"target_count": 2_000},
}
YEAR: dict[str, object] = {"transactions": {"target_count": 30_000}}


def keys_of(document: object, path: str = "") -> Iterator[str]:
    """Yield the path of every value of a document, items of lists as ``[]``."""
    if isinstance(document, dict):
        for key, value in document.items():
            yield from keys_of(value, f"{path}.{key}" if path else key)
    elif isinstance(document, list):
        for item in document:
            yield from keys_of(item, f"{path}[]")
    else:
        yield path


KEYS = sorted(set(keys_of(ConfigDocument.defaults().as_dict())))


def case_of(key: str) -> str:
    """Return the name of the test that shows what a key does."""
    return "test_" + key.replace("[]", "").replace(".", "_")


@pytest.mark.parametrize("key", KEYS)
def test_every_key_has_a_case(key: str) -> None:
    """A key that nobody has shown to move the output is not accepted."""
    assert case_of(key) in globals()


@cache
def small() -> Seen:
    """See a small journal with nothing else changed."""
    return Seen(SMALL)


@cache
def year() -> Seen:
    """See a default year."""
    return Seen(YEAR)


def temporal(**keys: float) -> dict[str, object]:
    """Return a patch of how entries spread over the calendar."""
    return {"transactions": {"temporal": keys}}


def test_global_seed() -> None:
    """The same seed gives the same entries, another seed other ones."""
    again, other = Seen(SMALL), Seen(SMALL, {"global": {"seed": 43}})

    assert small().ids == again.ids
    assert small().block.debit.tolist() == again.block.debit.tolist()
    assert not small().ids & other.ids
    assert small().block.debit.tolist() != other.block.debit.tolist()


def test_global_industry() -> None:
    """Weights, amounts and seasons are those of the industry."""
    retail = Seen(YEAR, {"global": {"industry": "retail"}})
    cash_sales = [
        np.median(np.add.reduceat(seen.block.debit, seen.block.first_line[:-1])[seen.types == "BV"])
        for seen in (year(), retail)
    ]
    november = [int(seen.volume(date(2024, 11, 4), date(2024, 11, 15)).sum()) for seen in (year(), retail)]

    assert 0.5 == pytest.approx(retail.share("O2C"), abs=0.01)
    assert 0.25 == pytest.approx(year().share("O2C"), abs=0.01)
    assert cash_sales[0] > 5 * cash_sales[1]
    assert november[1] > 1.2 * november[0]


@pytest.mark.parametrize("start", ["2031-07-22", "1970-01-01"])
def test_global_start_date(start: str) -> None:
    """The first posting date is the start's, and no date is before it."""
    seen = Seen(SMALL, {"global": {"start_date": start}}, temporal(holiday_activity=1.0))

    assert date.fromisoformat(start) == seen.dates[0] == min(seen.dates)


@pytest.mark.parametrize("months", [1, 5])
def test_global_period_months(months: int) -> None:
    """Entries are posted in so many months, up to the last day of the last one."""
    seen = Seen(SMALL, {"global": {"period_months": months}})
    start = date(2024, 2, 1)

    assert {add_months(start, month) for month in range(months)} == {
        when.replace(day=1) for when in seen.dates
    }
    assert to_day(add_months(start, months)) - to_day(seen.dates[-1]) <= 3


def test_global_fiscal_year_start_month() -> None:
    """Fiscal years and periods, the dates of each close and the spikes follow the month."""
    seen = Seen(YEAR, {"global": {"fiscal_year_start_month": 5}})
    fiscal = FiscalCalendar(5)
    ordinary = seen.block.fiscal_period <= 12

    assert [fiscal.year(when) for when in seen.dates] == seen.block.fiscal_year.tolist()
    assert [
        fiscal.period(when) for when, is_ordinary in zip(seen.dates, ordinary, strict=True) if is_ordinary
    ] == seen.block.fiscal_period[ordinary].tolist()
    for words, months in (("Provision for income tax", {1, 4, 7, 10}), ("Closing of income", {4})):
        texts = [code for code, text in enumerate(seen.words.header_texts) if text.startswith(words)]
        found = np.flatnonzero(np.isin(seen.block.header_text, texts)).tolist()
        assert months == {seen.dates[entry].month for entry in found}
    ends = [seen.volume(date(2024, 4, 29), date(2024, 4, 30)).sum() for seen in (seen, year())]
    assert ends[0] == pytest.approx(4.0 / 2.5 * ends[1], rel=0.1)


def test_companies_code() -> None:
    """The code is the company of its entries, and names its users."""
    seen = Seen(SMALL, {"companies": [{"code": "ACME-7"}]})

    assert ("ACME-7",) == seen.words.companies
    assert all(user.endswith(".ACME-7") for user in seen.words.users)


def test_companies_name() -> None:
    """The name stands in the header texts of payrolls."""
    seen = Seen(SMALL, {"companies": [{"code": "1000", "name": "Zephyr & Sons"}]})
    payrolls = seen.block.header_text[seen.types == "PY"]

    assert {"Payroll posting, Zephyr & Sons"} == {seen.words.header_texts[code] for code in payrolls}
    assert "Payroll posting, Company 1000" in small().words.header_texts


@pytest.mark.parametrize(("currency", "decimals"), [("JPY", 0), ("EUR", 2), ("KWD", 3)])
def test_companies_currency(currency: str, decimals: int) -> None:
    """The currency stands in every entry and has its own decimals; only those change the amounts."""
    seen = Seen(SMALL, {"companies": [{"code": "1000", "currency": currency}]})

    assert {currency} == {seen.words.currencies[code] for code in set(seen.block.currency.tolist())}
    assert (decimals,) == seen.words.currency_decimals
    assert (decimals == 2) == (small().block.debit.tolist() == seen.block.debit.tolist())


def test_companies_country() -> None:
    """Legal holidays and weekends are the country's."""
    off = temporal(weekend_activity=0.0, holiday_activity=0.0)
    whole: dict[str, object] = {"global": {"start_date": "2024-06-01"}}
    days = {}
    for country in ("US", "DE", "KW"):
        days[country] = set(Seen(SMALL, whole, off, {"companies": [{"code": "1", "country": country}]}).dates)
    independence_day, friday, sunday = date(2024, 7, 4), date(2024, 7, 12), date(2024, 7, 14)

    assert [False, True] == [independence_day in days[country] for country in ("US", "DE")]
    assert [True, False] == [friday in days[country] for country in ("US", "KW")]
    assert [False, True] == [sunday in days[country] for country in ("US", "KW")]


def test_companies_volume_weight() -> None:
    """Entries are divided by the weights, to the entry; a company of weight 0 has none."""
    companies = [{"code": code, "volume_weight": weight} for code, weight in (("A", 3), ("B", 1), ("C", 0))]
    seen = Seen(SMALL, {"companies": companies})

    assert [1_500, 500, 0] == np.bincount(seen.block.company, minlength=3).tolist()


@pytest.mark.parametrize("count", [1, 12_345])
def test_transactions_target_count(count: int) -> None:
    """There are exactly so many entries."""
    assert count == Seen(SMALL, {"transactions": {"target_count": count}}).block.entries


def test_transactions_line_items_max_lines() -> None:
    """No entry has more lines, closing entries aside, and some come near it."""
    most = 30
    seen = Seen(SMALL, {"transactions": {"line_items": {"max_lines": most}, "target_count": 20_000}})
    closes = {"SB", "AF", "CO", "SU", "IC", "AJ", "CL", "CF"}
    lines = np.diff(seen.block.first_line)[~np.isin(seen.types, list(closes))]

    assert 0.8 * most <= lines.max() <= most


@pytest.mark.parametrize(("month", "day", "usual"), [(8, 27, 2.5), (9, 26, 3.0), (12, 27, 4.0)])
def test_default_spikes(month: int, day: int, usual: float) -> None:
    """The last five days of a month, quarter and year carry their multiple if nobody changes it."""
    assert usual == pytest.approx(year().spike(month, day), rel=0.1)


def test_transactions_temporal_month_end_spike() -> None:
    """A high month end lifts quarter and year ends too, since the highest applies."""
    seen = Seen(YEAR, temporal(month_end_spike=8.0))

    for month, day in ((8, 27), (9, 26), (12, 27)):
        assert pytest.approx(seen.spike(month, day), rel=0.1) == 8.0


def test_transactions_temporal_quarter_end_spike() -> None:
    """A high quarter end lifts the year's end, and leaves other months."""
    seen = Seen(YEAR, temporal(quarter_end_spike=8.0))

    assert pytest.approx(seen.spike(8, 27), rel=0.1) == 2.5
    for month, day in ((9, 26), (12, 27)):
        assert pytest.approx(seen.spike(month, day), rel=0.1) == 8.0


def test_transactions_temporal_year_end_spike() -> None:
    """A high year end leaves all other months."""
    seen = Seen(YEAR, temporal(year_end_spike=8.0))

    for month, day, wanted in ((8, 27, 2.5), (9, 26, 3.0), (12, 27, 8.0)):
        assert pytest.approx(seen.spike(month, day), rel=0.1) == wanted


@cache
def resting(activity: float | None) -> Seen:
    """See a year with an activity of days off, or with the default ones."""
    if activity is None:
        return year()
    return Seen(YEAR, temporal(weekend_activity=activity, holiday_activity=activity))


@pytest.mark.parametrize(("activity", "wanted"), [(None, 0.1), (0.0, 0.0), (0.5, 0.5)])
def test_transactions_temporal_weekend_activity(activity: float | None, wanted: float) -> None:
    """A Saturday or Sunday has that share of an ordinary day's volume, or nothing."""
    volume = resting(activity).volume(date(2024, 8, 5), date(2024, 8, 18))
    off = np.arange(14) % 7 >= 5

    assert wanted == pytest.approx(float(volume[off].mean() / volume[~off].mean()), abs=0.03)
    assert wanted or not volume[off].any()


@pytest.mark.parametrize(("activity", "wanted"), [(None, 0.05), (0.0, 0.0), (0.5, 0.5)])
def test_transactions_temporal_holiday_activity(activity: float | None, wanted: float) -> None:
    """A legal holiday has that share of an ordinary day's volume, or nothing."""
    volume = resting(activity).volume(date(2024, 7, 1), date(2024, 7, 12))
    ordinary = float(np.mean([volume[place] for place in (0, 1, 2, 4, 7, 8, 9, 10, 11)]))

    assert wanted == pytest.approx(float(volume[3] / ordinary), abs=0.05)
    assert wanted or not volume[3]


PROCESSES = ("o2c", "p2p", "r2r", "h2r", "a2r")


@cache
def half_of(process: str) -> Seen:
    """See a journal of which a process is half, and the next one in the list nothing."""
    nothing = PROCESSES[(PROCESSES.index(process) + 1) % 5]
    weights = {f"{name}_weight": 1 / 6 for name in PROCESSES}
    return Seen(SMALL, {"business_processes": weights | {f"{process}_weight": 0.5, f"{nothing}_weight": 0.0}})


def check_weight(process: str) -> None:
    """Look at a process with half of the entries, and with none."""
    before = PROCESSES[PROCESSES.index(process) - 1]

    assert 0.5 == pytest.approx(half_of(process).share(process.upper()), abs=0.02)
    assert 0.0 == half_of(before).share(process.upper())


def test_business_processes_o2c_weight() -> None:
    """Order to cash has its share, and none with a weight of 0."""
    check_weight("o2c")


def test_business_processes_p2p_weight() -> None:
    """Procure to pay has its share, and none with a weight of 0."""
    check_weight("p2p")


def test_business_processes_r2r_weight() -> None:
    """Record to report has its share, and none with a weight of 0."""
    check_weight("r2r")


def test_business_processes_h2r_weight() -> None:
    """Hire to retire has its share, and none with a weight of 0."""
    check_weight("h2r")


def test_business_processes_a2r_weight() -> None:
    """Acquire to retire has its share, and none with a weight of 0."""
    check_weight("a2r")
