"""Years that are carried forward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from datasynth.config import config_from_mapping
from datasynth.evaluation.subjects.closes import close_checks
from datasynth.evaluation.vocabulary import WordLists
from datasynth.ledger.calendars import to_day
from tests.evaluation.shapes import ENTRIES, good_shapes


@pytest.mark.parametrize(
    ("day", "missing"), [(date(2024, 7, 1), 0), (date(2024, 5, 31), 1), (date(2024, 8, 1), 1)]
)
def test_a_year_is_carried_forward_in_the_month_after_its_end(day: date, missing: int) -> None:
    """A year that ends with June is carried forward in July; an entry of another month is none for it."""
    data = good_shapes()
    types = (*data.vocabulary.words["document_types"], "CF")
    kind = data.entries.document_type.copy()
    kind[np.flatnonzero(data.entries.posting_date == to_day(day))[0]] = len(types) - 1
    carried = replace(
        data,
        entries=replace(data.entries, document_type=kind),
        vocabulary=WordLists({**data.vocabulary.words, "document_types": types}),
    )
    config = config_from_mapping(
        {"transactions": {"target_count": ENTRIES}, "global": {"fiscal_year_start_month": 7}}
    )

    [check] = [one for one in close_checks(carried, config) if one.name == "closes.carry_forward"]

    assert (missing, "of 1 closes, years without a carry-forward") == (check.figure, check.note)
