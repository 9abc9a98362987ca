"""``datasynth generate DIR``: a whole data set as files; ``FILE`` or ``-``: its entries alone."""

from __future__ import annotations

import json
import signal
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from datasynth.allocator import keep_freed_memory
from datasynth.cli.generate_flags import make_parser, read_flags
from datasynth.cli.program import BadUsage, ReaderGone, StandardOutput, print_out, run_command
from datasynth.cli.progress import entries_progress
from datasynth.encoding import make_file_encoder
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, SharedFolder, StagedFile, StagedFolder, write_range
from datasynth.output.data_set import DataSet, write_data_set, write_entries, write_reference
from datasynth.signals import SIGNAL_STATUS, run_until_signal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from datasynth.cli.generate_flags import Wanted
    from datasynth.output import Sink

READER_GONE = SIGNAL_STATUS + signal.SIGPIPE
"""What a shell reports of a program whose pipe was closed by the reader."""


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
    wanted = read_flags(flags)
    keep_freed_memory()
    begun = time.monotonic()
    if wanted.place is None or wanted.is_file:
        count = _write_entries(wanted, flags)
    elif wanted.part.parts > 1:
        count = _write_part(wanted.place, wanted, flags)
    else:
        count = _write_folder(wanted.place, wanted, flags)
    if wanted.place is not None and not flags.quiet:
        # The files are complete even if this line cannot be printed.
        with suppress(BadUsage):
            print_out(_summary(wanted, count, time.monotonic() - begun, as_json=flags.json))
    return 0


def _write_entries(wanted: Wanted, flags: argparse.Namespace) -> int:
    """Write the entries alone; return their number."""
    sink: Sink = StandardOutput() if wanted.place is None else StagedFile(wanted.place, force=flags.force)
    with entries_progress(quiet=flags.quiet) as progress:
        source = _part(wanted, _whole(wanted))
        progress.begin(source.count)
        encoder = make_file_encoder(wanted.format, source.journal.vocabulary)
        write_range(source, encoder, sink, flags.worker_threads, progress.add, wanted.format.block_entries)
    return source.count


def _write_folder(place: Path, wanted: Wanted, flags: argparse.Namespace) -> int:
    """Write a data set; return the number of its entries."""
    with (
        StagedFolder(place, force=flags.force) as staged,
        entries_progress(quiet=flags.quiet) as progress,
    ):
        source = _whole(wanted)
        progress.begin(source.count)
        data = DataSet(wanted.document, source, wanted.format)
        write_data_set(data, staged, flags.worker_threads, progress.add)
    return source.count


def _write_part(place: Path, wanted: Wanted, flags: argparse.Namespace) -> int:
    """Write one file of the entries of a data set; the first part writes the other files, too."""
    number, parts = wanted.part
    with entries_progress(quiet=flags.quiet) as progress:
        whole = _whole(wanted)
        source = _part(wanted, whole)
        progress.begin(source.count)
        data, folder = DataSet(wanted.document, source, wanted.format), SharedFolder(place, force=flags.force)
        width = len(str(parts))
        name = f"entries-{number:0{width}}-of-{parts}{wanted.format.extension}"
        write_entries(data, folder, name, flags.worker_threads, progress.add)
        if number == 0:
            write_reference(DataSet(wanted.document, whole, wanted.format), folder)
    return source.count


def _whole(wanted: Wanted) -> JournalRange:
    """The entries of all parts."""
    journal = Journal(wanted.document.config)
    return JournalRange.whole(journal).from_entry(wanted.first).between(*wanted.days)


def _part(wanted: Wanted, whole: JournalRange) -> JournalRange:
    return whole.part(wanted.part.number, wanted.part.parts, wanted.format.block_entries)


def _summary(wanted: Wanted, count: int, seconds: float, *, as_json: bool) -> str:
    place = str(wanted.place)
    if as_json:
        facts = {"place": place, "entries": count, "format": wanted.format.file, "seconds": round(seconds, 3)}
        return f"{json.dumps(facts, ensure_ascii=False)}\n"
    return f"{place} has {count:,} entries{'' if wanted.is_file else ' and what they refer to'}.\n"
