"""A trillion entries: builds that do not grow, parts that begin anywhere, and a thousand simulated nodes."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import psutil

from bench.simulation import Cluster, simulate
from bench.tables import Figure, Table, rate, ratio, seconds, size
from datasynth.config import config_from_mapping
from datasynth.entries_table import EntriesTable
from datasynth.generation.journal import Journal
from datasynth.generation.schedule.scheduling import make_schedule
from datasynth.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Sequence

COUNTS = {"a hundred thousand": 10**5, "a billion": 10**9, "ten billion": 10**10, "a trillion": 10**12}
TRILLION = 10**12
PARTS = 1_000
MEASURED = (0, 500, 999)
"""Parts that are measured; each is a billion entries."""

CLUSTERS = {
    "1,000 parts, a failure a month and node": Cluster(),
    "4,000 parts": Cluster(parts=4_000, part_seconds=900.0),
    "16,000 parts": Cluster(parts=16_000, part_seconds=225.0),
    "4,000 parts, a failure a day and node": Cluster(
        parts=4_000, part_seconds=900.0, between_failures=86_400.0
    ),
    "4,000 parts, nodes that differ by a third": Cluster(parts=4_000, part_seconds=900.0, spread=0.33),
}
_KILOBYTE = 1_024


def measure(duration: float) -> list[Table]:
    """Measure builds and parts, each in a process of its own, and simulate clusters."""
    builds = tuple(
        (name, _figures_of_build(_in_process("build", str(count)))) for name, count in COUNTS.items()
    )
    parts = tuple(
        (f"part {part}", _figures_of_part(_in_process("part", str(part), str(duration)))) for part in MEASURED
    )
    simulated = tuple((name, figures_of_cluster(cluster)) for name, cluster in CLUSTERS.items())
    return [
        Table(
            "scale",
            "the default journal of so many entries: processor time, and the peak of memory beyond before",
            ("", "schedule", "memory", "all", "memory"),
            builds,
        ),
        Table(
            "scale",
            f"{PARTS:,} parts of a trillion entries, one thread, as Arrow batches; times are processor time",
            (
                "",
                "start to first batch",
                "lines/s by the clock",
                "lines/s of processor time",
                "the whole part",
            ),
            parts,
        ),
        Table(
            "scale",
            f"{Cluster().nodes:,} simulated nodes, a node-hour of work each",
            ("", "until all is there", "over the ideal", "nodes that failed", "work done again", "starts"),
            simulated,
        ),
    ]


def figures_of_cluster(cluster: Cluster) -> tuple[Figure, ...]:
    """Simulate a cluster and lay out what became of it."""
    found = simulate(cluster)
    return (
        seconds(found.seconds),
        ratio(found.seconds, found.ideal),
        Figure(found.failures, ""),
        Figure(100.0 * found.redone, "%"),
        Figure(100.0 * found.starting, "%"),
    )


def build(count: int) -> dict[str, float]:
    """Build the schedule, then the whole journal, and return what each took. [s of processor time; bytes]"""
    warm_up()
    config = config_from_mapping({"transactions": {"target_count": count}})
    before, began = psutil.Process().memory_info().rss, time.process_time()
    make_schedule(config)
    scheduled, peak = time.process_time(), _peak()
    Journal(config)
    return {
        "schedule": scheduled - began,
        "schedule_memory": max(peak - before, 0.0),
        "all": time.process_time() - scheduled,
        "all_memory": max(_peak() - before, 0.0),
    }


def part(number: int, duration: float) -> dict[str, float]:
    """Compute the beginning of a part for some time, and return the pace."""
    table = EntriesTable.of({"transactions": {"target_count": TRILLION}}, "line")
    first = TRILLION // PARTS * number
    batches = iter(table.batches(range(first, TRILLION // PARTS * (number + 1))))
    next(batches)
    first_batch = time.process_time()
    lines, entries, began, busy = 0, 0, time.perf_counter(), time.process_time()
    while time.perf_counter() - began < duration:
        batch = next(batches)
        lines += batch.num_rows
        entries += batch["sequence"][-1].as_py() - batch["sequence"][0].as_py() + 1
    took, busy = time.perf_counter() - began, time.process_time() - busy
    return {
        "start": first_batch,
        "lines": lines / took,
        "of_processor": lines / busy,
        "whole": TRILLION / PARTS / (entries / busy),
    }


def _figures_of_build(found: dict[str, float]) -> tuple[Figure, ...]:
    return (
        seconds(found["schedule"]),
        size(found["schedule_memory"]),
        seconds(found["all"]),
        size(found["all_memory"]),
    )


def _figures_of_part(found: dict[str, float]) -> tuple[Figure, ...]:
    return seconds(found["start"]), rate(found["lines"]), rate(found["of_processor"]), seconds(found["whole"])


def _peak() -> float:
    return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE)


def _in_process(*arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.scale", *arguments]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def main(argv: Sequence[str]) -> None:
    """Print the figures of one build or part as JSON."""
    what, number, *duration = argv
    found = build(int(number)) if what == "build" else part(int(number), float(duration[0]))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
