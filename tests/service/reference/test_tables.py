"""The tables that clients may ask for."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.service.reference.calls import CALLS
from datasynth.service.reference.query import ReferenceQuery
from datasynth.service.reference.tables import TABLES, TableSource
from tests.books import list_parties, list_users

if TYPE_CHECKING:
    from datasynth.service.reference.tables import ReferenceTable

CONFIG = ConfigDocument.defaults().config


def test_every_key_of_a_query_belongs_to_some_call() -> None:
    """A query holds what some table or report may be asked, and nothing else."""
    assert {field.name for field in fields(ReferenceQuery)} == {key for call in CALLS for key in call.keys}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_table_that_needs_a_journal_says_so(table: ReferenceTable) -> None:
    """Without a journal there are the tables for which the configuration is enough, and no others."""
    source = TableSource(CONFIG, None, list_parties, list_users)

    if table.needs_journal:
        with pytest.raises(LookupError, match="without a journal"):
            table.content(source, ReferenceQuery())
    else:
        facts, rows = table.content(source, ReferenceQuery())
        assert ({}, True) == (facts, bool(list(rows)))
