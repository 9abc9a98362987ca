"""``datasynth generate DIR``: a whole data set as files; ``FILE`` or ``-``: its entries alone."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from datasynth.allocator import keep_freed_memory
from datasynth.cli.generate_flags import WORKBOOK, make_parser, read_flags
from datasynth.cli.program import READER_GONE, BadUsage, ReaderGone, StandardOutput, print_out, run_command
from datasynth.cli.progress import entries_progress
from datasynth.encoding import make_file_encoder
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, SharedFolder, StagedFile, StagedFolder, write_range
from datasynth.output.data_set import (
    DataSet,
    write_companies,
    write_data_set,
    write_entries,
    write_months,
    write_opening,
    write_reference,
)
from datasynth.output.workbook import write_workbook
from datasynth.signals import run_until_signal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from datasynth.cli.generate_flags import GenerateRequest
    from datasynth.output import Sink

PARTITIONS = {"month": write_months, "company": write_companies}
"""What writes the entries for each choice of ``--partition-by``."""


def main(arguments: Sequence[str]) -> int:
    """Write the files, or the stream.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0; 2 if it cannot be done, 128 plus the number of the signal that
        has ended it, both without new files.
    """
    try:
        return run_until_signal(partial(run_command, partial(_generate, arguments)))
    except ReaderGone:
        return READER_GONE


def _generate(arguments: Sequence[str]) -> int:
    flags = make_parser().parse_args(arguments)
    asked = read_flags(flags)
    keep_freed_memory()
    begun = time.monotonic()
    if asked.place is None or asked.is_file:
        count = _write_entries(asked, flags)
    elif asked.part.parts > 1:
        count = _write_part(asked.place, asked, flags)
    else:
        count = _write_folder(asked.place, asked, flags)
    if asked.place is not None and not flags.quiet:
        # The files are complete even if this line cannot be printed.
        with suppress(BadUsage):
            print_out(_summary(asked, count, time.monotonic() - begun, as_json=flags.json))
    return 0


def _write_entries(asked: GenerateRequest, flags: argparse.Namespace) -> int:
    """Write the entries alone; return their number."""
    sink: Sink = StandardOutput() if asked.place is None else StagedFile(asked.place, force=flags.force)
    with entries_progress(quiet=flags.quiet) as progress:
        source = _part(asked, _whole(asked))
        progress.begin(source.count)
        if asked.workbook:
            write_workbook(source, asked.format, sink, progress.add)
            return source.count
        encoder = make_file_encoder(asked.format, source.journal.vocabulary)
        write_range(source, encoder, sink, flags.worker_threads, progress.add, asked.format.block_entries)
    return source.count


def _write_folder(place: Path, asked: GenerateRequest, flags: argparse.Namespace) -> int:
    """Write a data set; return the number of its entries."""
    with (
        StagedFolder(place, force=flags.force) as staged,
        entries_progress(quiet=flags.quiet) as progress,
    ):
        source = _whole(asked)
        progress.begin(source.count)
        data = DataSet(asked.document, source, asked.format)
        if asked.partition_by is None:
            write_data_set(data, staged, flags.worker_threads, progress.add)
        else:
            PARTITIONS[asked.partition_by](data, staged, flags.worker_threads, progress.add)
            write_reference(data, staged)
    return source.count


def _write_part(place: Path, asked: GenerateRequest, flags: argparse.Namespace) -> int:
    """Write one file of the entries of a data set; the first part writes the other files, too."""
    number, parts = asked.part
    with entries_progress(quiet=flags.quiet) as progress:
        whole = _whole(asked)
        source = _part(asked, whole)
        progress.begin(source.count)
        data, folder = DataSet(asked.document, source, asked.format), SharedFolder(place, force=flags.force)
        width = len(str(parts))
        name = f"entries-{number:0{width}}-of-{parts}{asked.format.extension}"
        write_entries(data, folder, name, flags.worker_threads, progress.add)
        if flags.opening_balances:
            write_opening(data, folder, f"balances-opening-{number:0{width}}-of-{parts}")
        if number == 0:
            write_reference(DataSet(asked.document, whole, asked.format), folder)
    return source.count


def _whole(asked: GenerateRequest) -> JournalRange:
    """The entries of all parts."""
    journal = Journal(asked.document.config)
    return JournalRange.whole(journal).from_entry(asked.first).between(*asked.days)


def _part(asked: GenerateRequest, whole: JournalRange) -> JournalRange:
    return whole.part(asked.part.number, asked.part.parts, asked.format.block_entries)


def _summary(asked: GenerateRequest, count: int, seconds: float, *, as_json: bool) -> str:
    place = str(asked.place)
    if as_json:
        facts = {
            "place": place,
            "entries": count,
            "format": WORKBOOK if asked.workbook else asked.format.file,
            "seconds": round(seconds, 3),
        }
        return f"{json.dumps(facts, ensure_ascii=False)}\n"
    return f"Wrote {count:,} entries{'' if asked.is_file else ' and the reference data'} to {place}.\n"
