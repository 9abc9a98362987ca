"""Schedules."""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from datasynth.config import config_from_mapping
from datasynth.evaluation.dispersion import compare_days
from datasynth.generation.kernels.schedule.counts import LEAD_DAYS
from datasynth.generation.schedule.day_weights import day_weights
from datasynth.generation.schedule.document_series import SeriesKind, trading_ring
from datasynth.generation.schedule.scheduling import Schedule, make_schedule
from datasynth.ledger.processes import PROCESSES, SINGLE_KINDS, Valuation
from tests.generation.configs import COMPANIES, PROCESS_KEYS, make_config
from tests.naive.schedule import first_starts

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS = st.fixed_dictionaries({name: st.integers(0, 5) for name in PROCESS_KEYS}).filter(
    lambda parts: any(part for name, part in parts.items() if name != "intercompany")
)
COUNT = 100_000


@pytest.fixture(scope="module")
def usual() -> Schedule:
    """Three companies over a year."""
    return make_schedule(make_config(COUNT, companies=3))


def by_process(schedule: Schedule) -> Counter[str]:
    """Count the entries of each process, closing ones included."""
    found, wrong = Counter[str](), schedule.wrong.by_series()
    for at, series in enumerate(schedule.document_series):
        if series.in_cases:
            # With each wrong document comes a reversal.
            documents = int(schedule.before[-1, at]) + 2 * int(wrong[at])
            found[series.case_kind.process] += documents
    for close in schedule.closes:
        for item in close.items:
            found[item.process] += 1 + (item.reverses and close.next_day >= 0)
        found["R2R"] += close.carries_forward
    return found


def documents(schedule: Schedule, document_type: str, company: int | None = None) -> int:
    """Count the documents of a type, of one company or of all."""
    return sum(
        int(schedule.before[-1, at])
        for at, series in enumerate(schedule.document_series)
        if series.document_type == document_type and company in {None, series.company}
    )


@settings(max_examples=5, deadline=None)
@given(
    count=st.integers(1, 3_000),
    months=st.integers(1, 4),
    companies=st.integers(1, 2),
    parts=WEIGHTS,
    seed=st.integers(0, 2**63 - 1),
)
def test_every_schedule_is_exact(
    count: int, months: int, companies: int, parts: dict[str, int], seed: int
) -> None:
    """There are exactly as many entries as asked for, and no day has fewer than none."""
    whole = sum(parts.values())
    weights = {name: part / whole for name, part in parts.items()}
    schedule = make_schedule(
        make_config(count, months=months, companies=companies, weights=weights, seed=seed)
    )

    assert count == schedule.total
    assert np.diff(schedule.before, axis=0).min() >= 0
    assert not schedule.before[0].any()


@pytest.mark.parametrize("count", [1, 10**10])
def test_the_smallest_and_the_largest_counts_are_exact(count: int) -> None:
    """One entry is one, and counts beyond 32 bits are exact too."""
    assert count == make_schedule(make_config(count, months=2)).total


@pytest.mark.parametrize("process", PROCESS_KEYS)
def test_a_process_alone_makes_the_whole_stream(process: str) -> None:
    """With all other weights 0, every entry belongs to the one process left."""
    companies = 1 + (process == "intercompany")
    schedule = make_schedule(make_config(5_000, months=1, companies=companies, weights={process: 1.0}))
    used = {
        series.case_kind.process
        for at, series in enumerate(schedule.document_series)
        if schedule.before[-1, at] and series.in_cases
    }

    assert {dict(zip(PROCESS_KEYS, PROCESSES, strict=True))[process]} == used


def test_processes_have_their_configured_shares(usual: Schedule) -> None:
    """Shares of the processes are the weights; closes take the place of other entries of their process."""
    found = by_process(usual)
    weights = make_config().business_processes
    wanted = {
        process: getattr(weights, f"{name}_weight")
        for process, name in zip(PROCESSES, PROCESS_KEYS, strict=True)
    }

    assert COUNT == found.total()
    assert wanted == pytest.approx({process: found[process] / COUNT for process in PROCESSES}, abs=0.001)


def test_companies_have_their_configured_shares() -> None:
    """Equal weights give equal numbers, within one; a company without weight has nothing."""
    companies = [
        {**company, "volume_weight": weight}
        for company, weight in zip(COMPANIES[:3], (1.0, 0.0, 1.0), strict=True)
    ]
    document = {
        "companies": companies,
        "transactions": {"target_count": 10_001},
        "global": {"period_months": 2},
    }
    schedule = make_schedule(config_from_mapping(document))
    found = [0] * 3
    for at, series in enumerate(schedule.document_series):
        found[series.company] += int(schedule.before[-1, at])

    assert {5_000, 5_001} == {found[0], found[2]}
    assert 0 == found[1]


def test_reversals_and_foreign_documents_have_their_configured_shares(usual: Schedule) -> None:
    """Starts in the lead days included, so many documents are reversed, or abroad."""
    wrong = usual.wrong.by_series()
    abroad = sum(
        int(usual.before[-1, at] + 2 * wrong[at])
        for at, series in enumerate(usual.document_series)
        if series.in_cases and series.case_kind.abroad >= 0 and series.posted.currency is Valuation.FOREIGN
    )

    assert documents(usual, "AB") / COUNT == pytest.approx(0.02 / 1.02, abs=0.0005)
    assert abroad / COUNT == pytest.approx(0.035, abs=0.0005)


def test_pairs_are_posted_on_both_sides(usual: Schedule) -> None:
    """A buyer has about as many invoices as its seller has sent, but for what is on its way at either end."""
    for seller, buyer in trading_ring(make_config(companies=3)).items():
        sent, received = documents(usual, "IC", seller), documents(usual, "IV", buyer)

        assert sent > 200
        assert sent == pytest.approx(received, abs=0.05 * sent)


def test_day_volumes_follow_the_weights() -> None:
    """Cases and fillers together fall on days as configured."""
    config = make_config(COUNT, months=6)
    schedule = make_schedule(config)
    wanted = day_weights(config, "US")[LEAD_DAYS:-LEAD_DAYS]

    assert np.corrcoef(np.diff(schedule.entries_before), wanted)[0, 1] > 0.99
    assert schedule.entries_before.tolist() == schedule.before.sum(axis=1).tolist()


SEEDS = range(16)


@cache
def days_of_seeds(count: int, months: int, companies: int, dispersion: float) -> tuple[Schedule, ...]:
    """Schedules of some seeds."""
    temporal = {"transactions": {"target_count": count, "temporal": {"day_dispersion": dispersion}}}
    general = {"period_months": months}
    return tuple(
        make_schedule(
            config_from_mapping(
                {"companies": COMPANIES[:companies], "global": {**general, "seed": seed}, **temporal}
            )
        )
        for seed in SEEDS
    )


def company_days(schedule: Schedule, company: int) -> NDArray[np.int64]:
    """Return the entries of a company on each day."""
    mine = [at for at, series in enumerate(schedule.document_series) if series.company == company]
    found: NDArray[np.int64] = np.diff(schedule.before[:, mine].sum(axis=1))
    return found


@pytest.mark.parametrize(
    ("count", "months", "companies", "dispersion"),
    [
        (20_000, 12, 1, 0.04),
        (100_000, 12, 1, 0.04),
        (10_000_000, 12, 1, 0.04),
        (100_000, 12, 1, 0.0),
        (1_000_000, 12, 1, 0.0),
        (100_000, 12, 1, 0.2),
        (100_000, 12, 1, 0.5),
        (60_000, 12, 3, 0.04),
        (100_000, 2, 1, 0.04),
    ],
)
def test_days_stray_as_is_promised(count: int, months: int, companies: int, dispersion: float) -> None:
    """The days of a company in two seeds differ as counts of the variance μ + (cμ)² do, or nearly."""
    schedules = days_of_seeds(count, months, companies, dispersion)
    found = []
    for one, other in zip(schedules[::2], schedules[1::2], strict=True):
        for company in range(companies):
            weights = one.weights[company][LEAD_DAYS:-LEAD_DAYS]
            due = count / companies * weights / weights.sum()
            found.append((company_days(one, company), company_days(other, company), due))
    first, second, due = (np.concatenate(part) for part in zip(*found, strict=True))
    strays = compare_days(first, second, due, dispersion)

    assert strays is not None
    low, high = strays.bounds(0.06)
    assert low < strays.figure < high


def test_starts_and_single_documents_of_each_kind_come_by_chance() -> None:
    """Days of a kind stray as independent documents do; those of cases by themselves.

    Single documents make up for what later steps lack, all kinds on the same days, see
    `single_weights`: 5 a day of each of two kinds and an effect of 17 % make a correlation of 0.12.
    """
    schedules = days_of_seeds(20_000, 12, 1, 0.04)
    # Closes are those of the calendar, and later steps are posted by the turns of their classes.
    mine = [
        at
        for at, series in enumerate(schedules[0].document_series)
        if series.in_cases and series.step == 0 and schedules[0].before[-1, at] > 500
    ]
    counts = np.array([np.diff(schedule.before[:, mine], axis=0) for schedule in schedules])
    dispersed = counts.var(axis=0, ddof=1).sum(axis=0) / counts.mean(axis=0).sum(axis=0)
    together = np.corrcoef((counts - counts.mean(axis=0)).reshape(-1, len(mine)), rowvar=False) - np.eye(
        len(mine)
    )

    assert len(mine) > 8
    assert dispersed == pytest.approx(1.0, abs=0.2)
    cases = np.array([schedules[0].document_series[at].kind is SeriesKind.CASE for at in mine])
    # Five standard deviations of the correlation of independent days.
    assert np.abs(together[cases]).max() < 5 / counts[:, :, 0].size ** 0.5
    assert np.abs(together).max() < 0.15


def test_days_have_their_due_on_average() -> None:
    """Over many seeds, weekends and working days have what they are due: noise moves nothing."""
    schedules = days_of_seeds(100_000, 12, 1, 0.04)
    weights = schedules[0].weights[0][LEAD_DAYS:-LEAD_DAYS]
    mean = np.mean([company_days(schedule, 0) for schedule in schedules], axis=0)
    off = weights < 500

    assert mean[off].sum() == pytest.approx(COUNT * weights[off].sum() / weights.sum(), rel=0.02)
    assert np.corrcoef(mean, weights)[0, 1] > 0.999


def test_cases_run_in_when_the_data_set_begins(usual: Schedule) -> None:
    """The first month already has payments, as many as any other: of invoices before it."""
    paid = [at for at, series in enumerate(usual.document_series) if series.document_type in {"DZ", "KZ"}]
    monthly = np.diff(usual.before[::61, paid].sum(axis=1))

    assert monthly[0] > 0.7 * monthly.mean()


def test_steps_of_a_case_follow_one_another() -> None:
    """A later step of a case is at least a day after an earlier one, in the buyer's books too."""
    config = make_config(2_000, months=5, companies=3, start_date=date(2024, 2, 1).isoformat())
    schedule = make_schedule(config)
    windows = {
        (series.case_company, series.case, series.step): first_starts(
            schedule.windows[schedule.series.window[at]]
        )
        for at, series in enumerate(schedule.document_series)
        if series.kind is SeriesKind.CASE
    }
    for (case_company, case, step), window in windows.items():
        if (case_company, case, step + 1) in windows:
            later = windows[case_company, case, step + 1]

            assert (later[1:] <= window[:-1]).all()


def test_every_kind_of_single_document_occurs(usual: Schedule) -> None:
    """The default has all single documents, where there are partners within the group."""
    used = {
        series.case
        for at, series in enumerate(usual.document_series)
        if series.kind is SeriesKind.SINGLE and usual.before[-1, at]
    }

    assert set(range(len(SINGLE_KINDS))) == used
