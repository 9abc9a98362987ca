"""Whole files by whole programs: `datasynth generate`, and beside it tpchgen-cli where it is installed.

tpchgen-cli makes the tables of TPC-H; its largest, `lineitem`, has six million rows of 16 columns at scale 1.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pyarrow import parquet

from bench.rounds import RUNS
from bench.tables import Table, rate, ratio, seconds, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.tables import Figure

SCALE = 4
"""Of TPC-H: large enough that neither program's start is most of its time."""

ENTRIES = 1_300_000 * SCALE
"""About as many lines as `lineitem` has rows at that scale."""

OTHER = "tpchgen-cli"


@dataclass(frozen=True, slots=True)
class _Program:
    """A program that writes one Parquet file into a folder.

    Both make use of all cores, unless told otherwise: a native thread for each.
    """

    name: str
    command: Sequence[str]
    file: str


@dataclass(frozen=True, slots=True)
class _Run:
    """What a program took: time and processor time in seconds, and what it wrote."""

    time: float
    busy: float
    rows: int
    bytes: int


def measure(_: float) -> list[Table]:
    """Measure every program, in turn; the time of a run is what it takes."""
    programs = list(_programs())
    runs: dict[str, list[_Run]] = {program.name: [] for program in programs}
    with TemporaryDirectory() as folder:
        # Compiles all modules to bytecode, as an installation has them.
        _run(programs[0], Path(folder))
        for _ in range(RUNS):
            for program in programs:
                runs[program.name].append(_run(program, Path(folder)))
    title = (
        f"Parquet files of {ENTRIES:,} entries, whole programs from start to end, "
        f"each with {os.cpu_count()} threads"
    )
    columns = (
        *("", "time", "rows/s", f"× {OTHER}", "processor time"),
        *("rows/s of processor time", f"of it × {OTHER}", "bytes a row"),
    )
    typical = {name: _typical(done) for name, done in runs.items()}
    rows = tuple((name, _figures(run, typical.get(OTHER))) for name, run in typical.items())
    return [Table("files", title, columns, rows)]


def _programs() -> Sequence[_Program]:
    ours = [sys.executable, "-m", "datasynth", "generate", "entries.parquet", "--force", "--quiet"]
    count = ["--count", str(ENTRIES)]
    programs = [
        _Program("generate, snappy", [*ours, *count], "entries.parquet"),
        _Program("generate, zstd", [*ours, *count, "--compression", "zstd"], "entries.parquet"),
    ]
    # Beside this interpreter, too, whose environment need not be active.
    other = shutil.which(OTHER) or shutil.which(OTHER, path=str(Path(sys.executable).parent))
    if other is not None:
        command = [other, "parquet", "-s", str(SCALE), "--tables", "lineitem", "--output-dir", "."]
        programs.append(_Program(OTHER, command, "lineitem.parquet"))
    return programs


def _run(program: _Program, folder: Path) -> _Run:
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "bytecode")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before, began = _busy(), time.perf_counter()
    subprocess.run(program.command, cwd=folder, env=environment, check=True, capture_output=True)
    took, busy = time.perf_counter() - began, _busy() - before
    file = folder / program.file
    run = _Run(took, busy, parquet.read_metadata(file).num_rows, file.stat().st_size)
    file.unlink()
    return run


def _busy() -> float:
    """Processor time of all programs that have ended. [s]"""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _typical(runs: Sequence[_Run]) -> _Run:
    took, busy = (statistics.median(getattr(run, name) for run in runs) for name in ("time", "busy"))
    return _Run(took, busy, runs[0].rows, runs[0].bytes)


def _figures(run: _Run, other: _Run | None) -> tuple[Figure | None, ...]:
    """Figures of a program, beside those of the other one where there is one."""
    beside = beside_busy = None
    if other is not None:
        beside = ratio(run.rows / run.time, other.rows / other.time)
        beside_busy = ratio(run.rows / run.busy, other.rows / other.busy)
    return (
        seconds(run.time),
        rate(run.rows / run.time),
        beside,
        seconds(run.busy),
        rate(run.rows / run.busy),
        beside_busy,
        size(run.bytes / run.rows),
    )
