"""How long journals take to build, what memory they take meanwhile, and how often a build can be ended.

Every case runs in a process of its own, so that its peak of memory is its own:
``python -m bench.building CASE`` prints its figures as JSON.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import psutil

from bench.rounds import RUNS
from bench.tables import Table, seconds, size
from datasynth.config import config_from_mapping
from datasynth.encoding import Format, make_encoder
from datasynth.generation.block import BLOCK_ENTRIES
from datasynth.generation.journal_maker import JournalMaker
from datasynth.warm import warm_up

if TYPE_CHECKING:
    from datasynth.config import Config


_CURRENCIES = (
    *(("USD", "US"), ("EUR", "DE"), ("JPY", "JP"), ("KWD", "KW"), ("GBP", "GB")),
    *(("CHF", "CH"), ("CAD", "CA"), ("AUD", "AU"), ("CNY", "CN"), ("INR", "IN")),
)
_KILOBYTE = 1_024
"""Unit of `ru_maxrss` on Linux. [bytes]"""


@dataclass(frozen=True, slots=True)
class Case:
    """What is built, and what it may cost.

    Attributes
    ----------
    name
        As in the table.
    before
        Document of a journal that the same maker has built before, if any.
    document
        What differs from the default configuration.
    seconds, memory
        What it may take. [s of processor time; bytes]
    runs
        How often it is built, another seed each time.
    first_block
        Whether the first block is computed and encoded, too.
    """

    name: str
    document: dict[str, Any]
    seconds: float
    memory: float
    before: dict[str, Any] | None = None
    runs: int = RUNS
    first_block: bool = False


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of a case's builds.

    Attributes
    ----------
    processor, wall
        Time. [s]
    memory
        Peak of the resident memory above what it was before. [bytes]
    gap
        Longest time from one checkpoint to the next. [s of processor time]
    checkpoints
        How many there were.
    """

    processor: float
    wall: float
    memory: float
    gap: float
    checkpoints: int


def _counted(count: int) -> dict[str, Any]:
    return {"transactions": {"target_count": count}}


def largest(currencies: int) -> dict[str, Any]:
    """Return 10 billion entries, the most of which each draws its amount, of 50 companies in 120 months."""
    companies = [
        {"code": f"C{number:02}", "currency": currency, "country": country}
        for number in range(50)
        for currency, country in [_CURRENCIES[number % currencies]]
    ]
    return {"global": {"period_months": 120}, "companies": companies, **_counted(10_000_000_000)}


CASES = (
    Case("default, first of a process", {}, 0.25, 100e6, runs=1),
    Case("default, a new seed", {}, 0.25, 100e6, before={}),
    Case("default, only the count is new", _counted(123_456), 0.25, 100e6, before={}, runs=1),
    Case("the same, and its first block as WebSocket frames", {}, 0.25, 100e6, before={}, first_block=True),
    Case("a billion entries", _counted(1_000_000_000), 0.3, 150e6, before={}),
    Case("10 billion, 50 companies, 120 months", largest(1), 10.0, 1e9, runs=1),
    Case("the same in ten currencies", largest(10), 10.0, 1e9, runs=1),
)


def measure(duration: float) -> list[Table]:  # noqa: ARG001 - builds last as long as they last
    """Measure all cases, each in a process of its own."""
    costs = [(case, Cost(**_in_process(case))) for case in CASES]
    return [tabulate(costs)]


def tabulate(costs: list[tuple[Case, Cost]]) -> Table:
    """Lay the figures out, each beside what it may be."""
    rows = tuple(
        (
            case.name,
            (
                seconds(cost.processor),
                seconds(case.seconds),
                seconds(cost.wall),
                size(cost.memory),
                size(case.memory),
                seconds(cost.gap),
            ),
        )
        for case, cost in costs
    )
    columns = ("", "processor", "aim", "wall", "memory", "aim", "longest between checkpoints")
    return Table("build", "building a journal, one thread; memory is the peak beyond before", columns, rows)


def _in_process(case: Case) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.building", case.name]
    found: dict[str, Any] = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    return found


def build(case: Case, maker: JournalMaker) -> Cost:
    """Build a case's journals and return what they cost."""
    costs = []
    for run in range(case.runs):
        seed = {"seed": 1_000 + run} if case.runs > 1 else {}
        document = case.document | {"global": {**case.document.get("global", {}), **seed}}
        costs.append(_build_once(config_from_mapping(document), maker, first_block=case.first_block))
    return Cost(
        statistics.median(cost.processor for cost in costs),
        statistics.median(cost.wall for cost in costs),
        max(cost.memory for cost in costs),
        max(cost.gap for cost in costs),
        costs[0].checkpoints,
    )


def _build_once(config: Config, maker: JournalMaker, *, first_block: bool) -> Cost:
    seen = [time.process_time()]

    def note() -> None:
        seen.append(time.process_time())

    resident = psutil.Process().memory_info().rss
    began = time.perf_counter()
    journal = maker.make(config, note)
    note()
    if first_block:
        block = journal.block(0, min(BLOCK_ENTRIES, journal.total))
        make_encoder(Format.WS_LINES, journal.vocabulary, "1").encode(block)
    return Cost(
        time.process_time() - seen[0],
        time.perf_counter() - began,
        max(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE - resident, 0),
        max(later - earlier for earlier, later in pairwise(seen)),
        len(seen) - 2,
    )


def main(name: str) -> None:
    """Print the figures of one case as JSON."""
    case = next(case for case in CASES if case.name == name)
    warm_up()
    maker = JournalMaker()
    if case.before is not None:
        maker.make(config_from_mapping(case.before))
    print(json.dumps(asdict(build(case, maker))))


if __name__ == "__main__":
    main(sys.argv[1])
