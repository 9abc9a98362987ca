"""Entries as a data source of Spark."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from datasynth import spark as datasynth_spark
from tests.cluster.expected import CONFIG, PARTITIONS, sums

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.timeout(500), pytest.mark.filterwarnings("ignore")]

HASH = "bit_xor(xxhash64(*))"
"""A hash of all rows that does not depend on their order."""

LIMIT = 200.0
"""Longest wait for a query to get somewhere. [s]"""


def session() -> SparkSession:
    """Begin Spark on this machine, with two cores."""
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]")
    for key, value in {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.python.filterPushdown.enabled": "true",
        "spark.sql.shuffle.partitions": "2",
        "spark.log.level": "ERROR",
    }.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    """A session that knows the format."""
    running = session()
    datasynth_spark.register(running)
    yield running
    running.stop()


def read(spark: SparkSession, **options: object) -> Any:
    """Begin a query of the test's journal."""
    reader = spark.read.format("datasynth").option("config", json.dumps(CONFIG))
    return reader.options(**{name: str(value) for name, value in options.items()}).load()


def hashed(frame: Any) -> tuple[Any, ...]:
    """Count, sums and hash of a frame."""
    return tuple(frame.selectExpr("count(*)", "sum(debit)", "sum(credit)", HASH).collect()[0])


def test_any_number_of_partitions(spark: SparkSession) -> None:
    """Count, sums and an order-free hash are the same, and those of one process."""
    found = {hashed(read(spark, partitions=parts)) for parts in PARTITIONS}

    assert 1 == len(found)
    assert sums() == found.pop()[:3]


def test_bounds_are_pushed_down(spark: SparkSession) -> None:
    """Bounds of sequences and dates leave Spark nothing to filter, and choose the same rows."""
    narrow = read(spark).where("sequence >= 100 and sequence < 200")
    alike = read(spark).where("sequence > 99 and sequence <= 199")
    one = read(spark).where("sequence = 150")
    everything = read(spark).collect()
    days = read(spark).where("posting_date between date'2024-03-01' and date'2024-03-05' and debit > 0")

    assert "Filter (" not in narrow._jdf.queryExecution().executedPlan().toString()
    assert [row for row in everything if 100 <= row.sequence < 200] == narrow.collect() == alike.collect()
    assert [row for row in everything if row.sequence == 150] == one.collect()
    assert [
        row for row in everything if "2024-03-01" <= str(row.posting_date) <= "2024-03-05" and row.debit > 0
    ] == days.collect()
    assert [] == read(spark).where("sequence > 200 and sequence < 100").collect()


def test_documents_and_ranges(spark: SparkSession) -> None:
    """A document is a row, with its lines as an array; a range has its entries alone."""
    rows = read(spark, view="document", first=50, count=20).collect()

    assert list(range(50, 70)) == [row.sequence for row in rows]
    assert all(sum(line.debit - line.credit for line in row.lines) == 0 for row in rows)


def test_options_that_there_are_not(spark: SparkSession) -> None:
    """A slip of the finger is told, and so is a wrong configuration."""
    with pytest.raises(PySparkException, match="unknown options: cuont"):
        read(spark, cuont=5)
    with pytest.raises(PySparkException, match="target_count"):
        spark.read.format("datasynth").option("config", '{"transactions": {"target_count": -1}}').load()


STREAM = """
import sys
from tests.cluster.test_spark import session, STREAMED
from datasynth.spark import register
spark = session()
register(spark)
entries = spark.readStream.format("datasynth").options(**STREAMED).load()
query = entries.writeStream.format("parquet").option("path", sys.argv[1] + "/data")
query = query.option("checkpointLocation", sys.argv[1] + "/checkpoint")
query.trigger(availableNow=True).start().awaitTermination()
"""
STREAMED = {"config": json.dumps(CONFIG), "rowsPerBatch": "2500", "partitions": "2"}


def stream(folder: Path) -> subprocess.Popen[bytes]:
    """Begin a query that writes all entries, in a process of its own."""
    return subprocess.Popen([sys.executable, "-c", STREAM, str(folder)], start_new_session=True)


def test_a_stream_that_is_killed_goes_on_exactly_once(spark: SparkSession, tmp_path: Path) -> None:
    """After two kills the sink has every entry once: the hash of all rows is that of the whole."""
    for committed in (2, 6):
        running, until = stream(tmp_path), time.monotonic() + LIMIT
        while len(list((tmp_path / "checkpoint" / "commits").glob("[0-9]*"))) < committed:
            assert running.poll() is None, "the query ended before it could be killed"
            assert time.monotonic() < until
            time.sleep(0.1)
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()
    running = stream(tmp_path)

    assert 0 == running.wait(LIMIT)
    assert hashed(read(spark)) == hashed(spark.read.parquet(str(tmp_path / "data")))
