"""The engine alone: blocks of columns that are computed and thrown away."""

from __future__ import annotations

import dataclasses
import statistics
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from bench.models import ENTRIES, build
from bench.rounds import RUNS, Tally, middle_time, pace, seconds_of
from bench.tables import Table, rate, ratio, seconds
from datasynth.generation.block import BLOCK_ENTRIES

if TYPE_CHECKING:
    from bench.rounds import Work
    from datasynth.generation.block import Block
    from datasynth.generation.journal import Journal

BLOCKS = ENTRIES // BLOCK_ENTRIES
STRIDE = 1_597
"""Coprime to the number of blocks: the turns visit every part of the year, quiet days and closes alike."""

SAMPLES = 16
SEEKS = 200


def measure(duration: float) -> list[Table]:
    """Measure the engine.

    Parameters
    ----------
    duration
        Of each run. [s]
    """
    build_time = middle_time(build)
    first_seek = statistics.median(
        seconds_of(partial(build().block, ENTRIES * 9 // 10, 1)) for _ in range(RUNS)
    )
    journal = build()
    return [_speed(journal, duration), _shape(journal, duration, build_time, first_seek)]


def _speed(journal: Journal, duration: float) -> Table:
    samples = [journal.block(_place(turn), BLOCK_ENTRIES) for turn in range(SAMPLES)]
    computing, copying = partial(_compute, journal), partial(_copy, samples)
    made = [pace(computing, threads, duration) for threads in (1, 2)]
    copied = [pace(copying, threads, duration) for threads in (1, 2)]
    rows = [
        (
            f"{threads} thread{'s' * (threads > 1)}",
            (rate(one.entries), rate(one.lines), rate(other.lines), ratio(one.lines, other.lines)),
        )
        for threads, one, other in zip((1, 2), made, copied, strict=True)
    ]
    gain = (
        ratio(made[1].entries, made[0].entries),
        ratio(made[1].lines, made[0].lines),
        ratio(copied[1].lines, copied[0].lines),
        None,
    )
    title = f"blocks of {BLOCK_ENTRIES:,} of {ENTRIES:,} entries; ceiling: numpy copies the same columns"
    columns = ("", "entries/s", "lines/s", "ceiling, lines/s", "of the ceiling")
    return Table("engine", title, columns, (*rows, ("2 over 1", gain)))


def _shape(journal: Journal, duration: float, build_time: float, first_seek: float) -> Table:
    near, far = (pace(_walk(journal, first), 1, duration) for first in (0, BLOCKS * 9 // 10))
    seeks = sorted(seconds_of(partial(journal.block, _place(turn), 1)) for turn in range(SEEKS))
    rows = (
        ("building the journal", (seconds(build_time),)),
        ("first entry of a new journal, at nine tenths", (seconds(first_seek),)),
        ("one entry anywhere, median", (seconds(statistics.median(seeks)),)),
        ("one entry anywhere, slowest of 200", (seconds(seeks[-1]),)),
        ("lines/s in the first tenth", (rate(near.lines),)),
        ("lines/s in the last tenth", (rate(far.lines),)),
        ("last over first", (ratio(far.lines, near.lines),)),
    )
    return Table("engine", "what a place in the stream costs, one thread", ("", "figure"), rows)


def _place(turn: int) -> int:
    return turn * STRIDE % BLOCKS * BLOCK_ENTRIES


def _compute(journal: Journal, turn: int) -> Tally:
    block = journal.block(_place(turn), BLOCK_ENTRIES)
    return Tally(block.entries, block.lines)


def _walk(journal: Journal, first: int) -> Work:
    def work(turn: int) -> Tally:
        block = journal.block((first + turn % (BLOCKS // 10)) * BLOCK_ENTRIES, BLOCK_ENTRIES)
        return Tally(block.entries, block.lines)

    return work


def _copy(samples: list[Block], turn: int) -> Tally:
    block = samples[turn % len(samples)]
    copies = [np.copy(column) for column in columns_of(block)]
    return Tally(block.entries, block.lines, sum(column.nbytes for column in copies))


def columns_of(block: Block) -> list[np.ndarray[tuple[int, ...], np.dtype[np.generic]]]:
    """List the arrays of a block."""
    values = (getattr(block, field.name) for field in dataclasses.fields(block))
    return [value for value in values if isinstance(value, np.ndarray)]
