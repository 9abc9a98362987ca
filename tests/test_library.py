"""Journals in a program: what a configuration makes, record batches, pickles."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from io import BytesIO
from multiprocessing import get_context
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import csv

from datasynth import Block, Journal
from datasynth.config import config_from_mapping
from datasynth.encoding import CSV_LINES, NDJSON_DOCUMENTS, header, make_encoder
from datasynth.errors import InvalidConfiguration, InvalidRequest
from datasynth.generation.journal import Journal as EngineJournal
from datasynth.ledger.closes import PATTERNS
from tests.generation.configs import COMPANIES
from tests.server import ROOT

if TYPE_CHECKING:
    from datasynth.library import ViewName

DOCUMENT = {
    "global": {"start_date": "2024-11-01", "period_months": 2},
    "companies": COMPANIES[2:4],
    "chart_of_accounts": {"complexity": "small"},
    "transactions": {"target_count": 800, "foreign_currency_share": 0.15},
}
TIMEOUT = 50


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build a journal of two currencies with two triggers, one inside the package of the other."""
    untriggered = Journal.from_config(DOCUMENT)
    first, trigger = untriggered.trigger("month_end", 100)
    second, _ = first.trigger("year_end", 101)
    assert trigger.entries > 1
    return second


def everything(journal: Journal, view: ViewName = "line") -> pa.RecordBatch:
    """All entries as one batch."""
    return journal.block(0, journal.total).to_arrow(view)


def table_of(journal: Journal) -> bytes:
    """All entries as the bytes of an Arrow file, for a process to send back."""
    sink = BytesIO()
    with pa.ipc.new_file(sink, everything(journal).schema) as writer:
        writer.write_batch(everything(journal))
    return sink.getvalue()


def test_from_config_is_the_journal_of_the_configuration() -> None:
    """A mapping makes the journal that the engine makes of the configuration, block for block."""
    journal, engine = Journal.from_config(DOCUMENT), EngineJournal(config_from_mapping(DOCUMENT))
    block, expected = journal.block(10, 90), engine.block(10, 90)

    assert (engine.config, engine.total) == (journal.config, journal.total)
    assert isinstance(block, Block)
    assert expected.id_high.tolist() == block.id_high.tolist()
    assert (10, 90, expected.lines) == (block.first, block.entries, block.lines)


def test_from_config_says_all_that_is_wrong() -> None:
    """Every problem has its path."""
    with pytest.raises(InvalidConfiguration) as raised:
        Journal.from_config({"global": {"seed": -1}, "transactions": {"target_count": 0}, "colour": "red"})

    assert {"global.seed", "transactions.target_count", "colour"} == set(raised.value.details)


def test_from_config_wants_a_mapping() -> None:
    """What is no mapping is refused as such."""
    with pytest.raises(InvalidRequest, match="must be an object"):
        Journal.from_config(["global"])  # type: ignore[arg-type]  # the point


def test_lines_are_what_pyarrow_reads_from_the_download(journal: Journal) -> None:
    """The CSV of the same range, read with the types of the batch, is the batch."""
    first, count = 90, 150
    batch = journal.block(first, count).to_arrow()
    encoder = make_encoder(CSV_LINES, journal.vocabulary, "")
    download = header(CSV_LINES) + encoder.encode(journal.block(first, count)).data.tobytes()
    plain = {
        field.name: field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        for field in batch.schema
    }
    options = csv.ConvertOptions(column_types=plain, strings_can_be_null=True)
    read = csv.read_csv(BytesIO(download), convert_options=options)

    assert read.equals(pa.Table.from_batches([batch]).cast(pa.schema(plain)))


def test_documents_are_those_of_ndjson(journal: Journal) -> None:
    """A row has the lines of its document; the values are compared in the encoder's own test."""
    batch = everything(journal, "document")
    encoder = make_encoder(NDJSON_DOCUMENTS, journal.vocabulary, "")
    data = encoder.encode(journal.block(0, journal.total)).data.tobytes()
    documents = [json.loads(text) for text in data.splitlines()]
    rows = batch.select(["document_id", "lines"]).to_pylist()

    assert [document["document_id"] for document in documents] == [row["document_id"] for row in rows]
    assert [[line["account"] for line in document["lines"]] for document in documents] == [
        [line["account"] for line in row["lines"]] for row in rows
    ]


def test_any_cut_gives_the_same_table(journal: Journal) -> None:
    """Batches have one schema, so that those of any ranges make one table."""
    parts = [
        journal.block(first, min(97, journal.total - first)).to_arrow()
        for first in range(0, journal.total, 97)
    ]

    assert pa.Table.from_batches([everything(journal)]).equals(pa.Table.from_batches(parts))


def test_a_pickle_is_small_and_gives_the_same_entries(journal: Journal) -> None:
    """Configuration and triggers are all that is kept."""
    pickled = pickle.dumps(journal)
    again = pickle.loads(pickled)  # noqa: S301 - our own

    assert len(pickled) < 4_000
    assert (journal.total, journal.triggers) == (again.total, again.triggers)
    assert everything(journal).equals(everything(again))


def test_a_block_can_be_pickled(journal: Journal) -> None:
    """What a process sends back converts as it does at home."""
    block = journal.block(100, 5)
    again = pickle.loads(pickle.dumps(block))  # noqa: S301 - our own

    assert block.to_arrow("document").equals(again.to_arrow("document"))


def test_blocks_are_compared_and_hashed_as_objects(journal: Journal) -> None:
    """Columns have no single truth value, so a block equals itself alone; tables can be compared."""
    block, other = journal.block(0, 3), journal.block(0, 3)

    assert block == block  # noqa: PLR0124 - equality with itself is the point
    assert block != other
    assert 2 == len({block, other, block})
    assert block.to_arrow().equals(other.to_arrow())


@pytest.mark.slow
def test_another_process_has_the_same_entries(journal: Journal) -> None:
    """A triggered journal goes to a new process, and its entries come back the same."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        there = pool.submit(table_of, journal).result(TIMEOUT)

    assert table_of(journal) == there


def test_the_public_door_opens_without_a_server() -> None:
    """A program with a journal and its batches loads no part of the server."""
    program = (
        "import sys\nfrom datasynth import Journal\n"
        "Journal.from_config({'transactions': {'target_count': 10}}).block(0, 10).to_arrow()\n"
        "print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=TIMEOUT
    )
    servers = ("datasynth.service", "datasynth.transports", "flask", "gevent", "grpc", "gunicorn")

    assert [] == [name for name in done.stdout.split() if name.startswith(servers)]


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PATTERNS), st.integers(0, 810)), max_size=3))
def test_any_triggers_survive_a_pickle(journal: Journal, triggers: list[tuple[str, int]]) -> None:
    """Whatever was triggered where, a pickle of the journal has the same entries."""
    for pattern, at_sequence in triggers:
        journal, _ = journal.trigger(pattern, at_sequence)
    again = pickle.loads(pickle.dumps(journal))  # noqa: S301 - our own

    assert (journal.total, journal.triggers) == (again.total, again.triggers)
    assert everything(journal).equals(everything(again))
