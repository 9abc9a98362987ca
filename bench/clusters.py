"""What cluster engines leave of a core's speed: `--parts`, Spark, Ray and Dask with two workers each.

``.venv-cluster/bin/python -m bench.clusters`` measures what is installed.  Each way runs in a process
of its own; its start, with the journal built in both workers, is told apart from its work.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import psutil

from bench.bare.engine_rows import again
from bench.machine import Others, describe
from bench.rounds import RUNS
from bench.servers import ROOT
from bench.tables import Figure, Table, rate, ratio, seconds
from datasynth.entries_table import EntriesTable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ENTRIES = 1 << 20
"""Entries that each way computes; a multiple of `PARTITION`."""

PARTITION = 1 << 15
"""Entries of a partition."""

WORKERS = 2
CONFIG = {"transactions": {"target_count": 100_000_000}}
_WARM, _SMALL = 1 << 17, 1 << 13


@dataclass(frozen=True, slots=True)
class Cost:
    """What one way took.

    Attributes
    ----------
    start
        From nothing to two workers with their journals. [s]
    work
        From then on to the end. [s]
    busy
        Processor time of all its processes in that time. [s]
    lines
        How many it computed.
    workers
        How many worked at once.
    """

    start: float
    work: float
    busy: float
    lines: int
    workers: int


def alone() -> Cost:
    """One process without an engine."""
    table = EntriesTable.of(CONFIG, "line")
    return _timed(lambda entries, _: sum(batch.num_rows for batch in table.batches(range(entries))), 1)


def spark() -> Cost:
    """Spark, ``local[2]``: rows are counted on its side, and go nowhere."""
    return _spark(import_module("datasynth.spark").EntriesDataSource)


def spark_bare() -> Cost:
    """Spark with rows that are there already: what it takes for itself, whoever makes them."""
    source = import_module("datasynth.spark").EntriesDataSource

    class Bare(source):  # type: ignore[misc, valid-type]
        def reader(self, schema: Any) -> Any:
            reader = super().reader(schema)
            reader.read = partial(_made, reader._table)  # noqa: SLF001
            return reader

    return _spark(Bare)


def _made(table: EntriesTable, partition: Any) -> Iterator[Any]:
    first, end = partition.value
    return again(table, range(first, end))


def _spark(source: Any) -> Cost:
    os.environ["PYSPARK_PYTHON"] = sys.executable
    session = import_module("pyspark.sql").SparkSession
    settings = {
        "spark.ui.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.log.level": "ERROR",
        "spark.python.worker.reuse": "true",
    }
    builder = session.builder.master(f"local[{WORKERS}]")
    for key, value in settings.items():
        builder = builder.config(key, value)
    running = builder.getOrCreate()
    import_module("datasynth.spark").register(running)
    # Under the same name: the last one that is registered is read.
    running.dataSource.register(source)

    def count(entries: int, partitions: int) -> int:
        options = {"config": json.dumps(CONFIG), "count": str(entries), "partitions": str(partitions)}
        return int(running.read.format("datasynth").options(**options).load().count())

    return _timed(count, WORKERS)


def ray() -> Cost:
    """Ray with two workers: each part becomes its number of rows where it was computed."""
    engine, read = import_module("ray"), import_module("datasynth.ray").read
    engine.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)

    def count(entries: int, partitions: int) -> int:
        data = read(config=CONFIG, partitions=partitions, count=entries)
        counted = data.map_batches(_rows, batch_format="pyarrow", batch_size=None)
        return int(sum(row["rows"] for row in counted.take_all()))

    return _timed(count, WORKERS)


def ray_bare() -> Cost:
    """Ray with rows that are there already."""
    engine, data = import_module("ray"), import_module("ray.data")
    engine.init(num_cpus=WORKERS, include_dashboard=False, log_to_driver=False)
    table = EntriesTable.of(CONFIG, "line")

    def count(entries: int, partitions: int) -> int:
        parts = table.partitions(range(entries), partitions)
        numbers = data.range(len(parts), override_num_blocks=len(parts))
        made = numbers.map_batches(partial(_made_tables, table, parts), batch_size=1, batch_format="pyarrow")
        counted = made.map_batches(_rows, batch_format="pyarrow", batch_size=None)
        return int(sum(row["rows"] for row in counted.take_all()))

    return _timed(count, WORKERS)


def _made_tables(table: EntriesTable, parts: list[range], numbers: Any) -> Iterator[Any]:
    for number in numbers["id"].to_pylist():
        for batch in again(table, parts[number]):
            yield import_module("pyarrow").Table.from_batches([batch])


def _rows(table: Any) -> dict[str, list[int]]:
    return {"rows": [table.num_rows]}


def dask() -> Cost:
    """Dask with two threads, as it is by itself: each part becomes its number of rows."""
    engine, read = import_module("dask"), import_module("datasynth.dask").read

    def count(entries: int, partitions: int) -> int:
        frame = read(config=CONFIG, npartitions=partitions, count=entries)
        with engine.config.set(scheduler="threads", num_workers=WORKERS):
            return int(frame.map_partitions(len).sum().compute())

    return _timed(count, WORKERS)


def parts() -> Cost:
    """``datasynth generate --parts 2`` to Parquet, two programs at once with a thread each."""
    return _generated(2)


def part() -> Cost:
    """The same by one program alone."""
    return _generated(1)


def _generated(programs: int) -> Cost:
    with TemporaryDirectory() as folder:
        (Path(folder) / "config.json").write_text(json.dumps(CONFIG))
        small, started = _programs(programs, folder, 1 << 13)
        large, busy = _programs(programs, folder, ENTRIES)
    table = EntriesTable.of(CONFIG, "line")
    share = sum(batch.num_rows for batch in table.batches(range(_WARM))) / _WARM
    # What a program takes for next to no entries is its start.
    return Cost(small, large - small, busy - started, int(share * ENTRIES), programs)


def _programs(programs: int, folder: str, entries: int) -> tuple[float, float]:
    """Run the parts of the last entries of the journal, and return wall clock and processor time. [s]"""
    first = CONFIG["transactions"]["target_count"] - entries
    command = [sys.executable, "-m", "datasynth", "generate", "--config", "config.json", "--from", str(first)]
    command += ["--parts", str(programs), "--worker-threads", "1", "--force", "--quiet"]
    began, before = time.perf_counter(), os.times()
    running = [
        subprocess.Popen([*command, "--part", str(number), f"{number}.parquet"], cwd=folder)
        for number in range(programs)
    ]
    assert not any(program.wait() for program in running), "a program failed"
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return time.perf_counter() - began, busy


WAYS: dict[str, Callable[[], Cost]] = {
    "alone": alone,
    "dask": dask,
    "ray": ray,
    "ray bare": ray_bare,
    "spark": spark,
    "spark bare": spark_bare,
    "part": part,
    "parts": parts,
}
"""Ways, by the module that they need; `alone` and `part` are what the others are beside."""

_BEGAN = time.perf_counter()


def _timed(count: Callable[[int, int], int], workers: int) -> Cost:
    """Let both workers build their journals, of which each has many parts to get, then measure."""
    count(_WARM, _WARM // _SMALL)
    started, before = time.perf_counter(), _busy()
    lines = count(ENTRIES, ENTRIES // PARTITION)
    return Cost(started - _BEGAN, time.perf_counter() - started, _busy() - before, lines, workers)


def _busy() -> float:
    """Processor time of this process and of all that it started and that still run. [s]"""
    found = 0.0
    for process in (psutil.Process(), *psutil.Process().children(recursive=True)):
        used = process.cpu_times()
        found += used.user + used.system
    return found


def measure(_: float = 0.0) -> list[Table]:
    """Measure every way that is installed, one after the other and then again; the median counts."""
    ways = [way for way in WAYS if way in {"alone", "part", "parts"} or find_spec(_MODULES[way])]
    costs: dict[str, list[Cost]] = {way: [] for way in ways}
    for _ in range(RUNS):
        for way in ways:
            costs[way].append(_in_process(way))
    return [tabulate(costs)]


_MODULES = {"dask": "dask", "ray": "ray", "ray bare": "ray", "spark": "pyspark", "spark bare": "pyspark"}


def tabulate(costs: dict[str, list[Cost]]) -> Table:
    """Lay the figures out: each engine beside one process alone, `--parts` beside one program alone."""
    rows = []
    speeds: dict[str, tuple[float, float]] = {}
    for way, runs in costs.items():
        start, a_core, a_second = (
            statistics.median(figures)
            for figures in zip(
                *((run.start, run.lines / run.work / run.workers, run.lines / run.busy) for run in runs),
                strict=True,
            )
        )
        speeds[way] = a_core, a_second
        beside = speeds["part" if way == "parts" else "alone"] if way != "part" else speeds[way]
        figures: tuple[Figure | None, ...] = (
            seconds(start),
            rate(a_core),
            ratio(a_core, beside[0]),
            rate(a_second),
            ratio(a_second, beside[1]),
        )
        rows.append((way, figures))
    columns = ("", "start", "lines/s a core", "beside alone", "lines/s of processor time", "beside alone")
    return Table("clusters", f"{ENTRIES:,} entries, {WORKERS} workers", columns, tuple(rows))


def _in_process(way: str) -> Cost:
    command = [sys.executable, "-m", "bench.clusters", way]
    # Workers of the engines import from here, too.
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def main(argv: Sequence[str]) -> None:
    """Measure one way here and print its figures as JSON, or all of them as a table."""
    parser = argparse.ArgumentParser(prog="python -m bench.clusters", description=__doc__)
    parser.add_argument("way", nargs="?", choices=WAYS)
    way = parser.parse_args(argv).way
    if way is not None:
        print(json.dumps(asdict(WAYS[way]())), flush=True)
        return
    for name, value in describe().items():
        print(f"{name + ':':13}{value}")
    others = Others()
    print(*measure(), sep="\n")
    print(f"Other programs kept {others.cores():.2f} cores busy meanwhile.")


if __name__ == "__main__":
    main(sys.argv[1:])
