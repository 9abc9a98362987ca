"""Series of the schedule."""

from __future__ import annotations

from itertools import groupby

import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.schedule.document_series import (
    DocumentSeries,
    SeriesKind,
    closing_types,
    make_series,
    trading_ring,
)
from datasynth.ledger.closes import CLOSING_ITEMS
from datasynth.ledger.processes import CASE_KINDS, NUMBER_RANGES, SINGLE_KINDS, DayPart, number_range
from tests.generation.configs import COMPANIES, make_config


@pytest.mark.parametrize("companies", [1, 3])
def test_every_company_has_every_series(companies: int) -> None:
    """Each step, each single document and each type of the closes, once a company; pairs need two."""
    all_series = make_series(make_config(companies=companies))
    cases = [
        (number, kind) for number, kind in enumerate(CASE_KINDS) if companies > 1 or not kind.intercompany
    ]
    steps = {(SeriesKind.CASE, number, step) for number, kind in cases for step in range(len(kind.steps))}
    singles = {(SeriesKind.SINGLE, number, 0) for number in range(len(SINGLE_KINDS))}
    ranges = {number_range(kind, step) for _, kind in cases for step in range(len(kind.steps))}
    wrong = {
        (kind, NUMBER_RANGES.index(each), 0)
        for kind in (SeriesKind.WRONG, SeriesKind.REVERSAL)
        for each in ranges
    }

    assert len(all_series) == len(set(all_series))
    for company in range(companies):
        mine = {
            (series.kind, series.case, series.step) for series in all_series if series.case_company == company
        }
        closing = [
            series for series in all_series if series.kind is SeriesKind.CLOSE and series.company == company
        ]
        assert steps | singles | wrong | {(SeriesKind.CLOSE, -1, 0)} == mine
        assert sorted(closing_types()) == sorted(series.document_type for series in closing)


def test_buyers_post_their_part_of_a_pair() -> None:
    """Steps of the buyer stand in the next company's books, all others in those of the case's own."""
    config = make_config(companies=3)
    elsewhere = 0
    for series in make_series(config):
        of_buyer = series.kind is SeriesKind.CASE and series.posted.of_buyer
        assert series.company == (
            trading_ring(config)[series.case_company] if of_buyer else series.case_company
        )
        elsewhere += of_buyer
    assert 3 * 2 == elsewhere


def test_companies_sell_to_the_next_one_that_has_entries() -> None:
    """The ring leaves companies without volume out; one company alone deals with nobody."""
    companies = [
        {**company, "volume_weight": weight}
        for company, weight in zip(COMPANIES[:4], (1.0, 0.0, 2.0, 1.0), strict=True)
    ]
    config = config_from_mapping({"companies": companies})

    assert {0: 2, 2: 3, 3: 0} == trading_ring(config)
    assert {} == trading_ring(make_config(companies=1))


def test_groups_are_neighbours_in_the_order_of_the_day() -> None:
    """Series of one company, type and day part lie together, day part by day part."""
    all_series = make_series(make_config(companies=3))
    groups = [group for group, _ in groupby(all_series, key=lambda series: series.group)]

    assert sorted(groups) == groups
    assert len(groups) == len(set(groups))
    assert {series.group for series in all_series} == {
        (series.day_part, series.company, series.document_type) for series in all_series
    }


def test_series_know_their_case() -> None:
    """A series of a step leads to its kind, whose step has the series' day part and type."""
    for series in make_series(make_config()):
        if series.in_cases:
            assert series.case_kind.steps[series.step] is series.posted
            assert (series.posted.day_part, series.posted.document_type) == (
                series.day_part,
                series.document_type,
            )


def test_closes_have_no_case() -> None:
    """Asking a series of closes for its case or its step is an error."""
    closing = DocumentSeries(0, DayPart.CLOSE, "CL", SeriesKind.CLOSE, 0)
    with pytest.raises(ValueError, match="no business case"):
        _ = closing.case_kind
    with pytest.raises(ValueError, match="no business case"):
        _ = closing.posted


def test_closing_types_have_the_band_of_their_items() -> None:
    """Closes are posted in the evening and after; what the next day brings comes before its work."""
    types = closing_types()

    assert {item.document_type: item.day_part for item in CLOSING_ITEMS}.items() <= types.items()
    assert (DayPart.NIGHT, DayPart.NIGHT, DayPart.CLOSE) == (types["SU"], types["CF"], types["CL"])


def test_wrong_documents_stand_last_in_the_range_of_right_ones() -> None:
    """Their series has the range's prefix; reversals are a group of their own; at no rate there are none."""
    all_series = make_series(make_config(companies=2))
    for _, members in groupby(all_series, key=lambda series: (series.group, series.range)):
        kinds = [series.kind for series in members]
        assert kinds == sorted(kinds)
        assert kinds.count(SeriesKind.WRONG) == int(SeriesKind.CASE in kinds)
    assert {"AB"} == {series.document_type for series in all_series if series.kind is SeriesKind.REVERSAL}
    without = config_from_mapping({"transactions": {"reversal_rate": 0}})
    assert not {SeriesKind.WRONG, SeriesKind.REVERSAL} & {series.kind for series in make_series(without)}
