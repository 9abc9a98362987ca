"""``datasynth generate DIR``: a whole data set as files; ``datasynth generate -``: its entries alone."""

from __future__ import annotations

import argparse
import re
import signal
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.allocator import keep_freed_memory
from datasynth.cli.presets import add_presets, presets_patch
from datasynth.cli.program import (
    STANDARD_OUTPUT,
    BadUsage,
    Parser,
    ReaderGone,
    StandardOutput,
    print_out,
    run_command,
)
from datasynth.cli.progress import entries_progress
from datasynth.config import (
    LARGEST_SEED,
    LARGEST_SEED_TEXT,
    MOST_ENTRIES,
    ConfigDocument,
    load_config_file,
)
from datasynth.encoding import Format
from datasynth.generation.journal import Journal
from datasynth.output import JournalRange, RecordEncoder, StagedFolder, write_range
from datasynth.output.data_set import write_data_set
from datasynth.settings import MOST_THREADS, cores
from datasynth.signals import SIGNAL_STATUS, run_until_signal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FORMATS = {
    "ndjson": Format.NDJSON_DOCUMENTS,
    "ndjson-lines": Format.NDJSON_LINES,
    "csv": Format.CSV_LINES,
}
"""Formats of standard output; the first is the default."""

NDJSON = next(iter(FORMATS))

READER_GONE = SIGNAL_STATUS + signal.SIGPIPE
"""What a shell reports of a program whose pipe was closed by the reader."""

_DIGITS = re.compile(r"[0-9]{1,40}", re.ASCII)


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
    flags = _parser().parse_args(arguments)
    document = _document(flags)
    entries = document.config.transactions.target_count
    threads = flags.worker_threads
    keep_freed_memory()
    if flags.place == STANDARD_OUTPUT:
        _refuse_force(flags)
        with entries_progress(entries, quiet=flags.quiet) as progress:
            journal = Journal(document.config)
            encoder = RecordEncoder(FORMATS[flags.format or NDJSON], journal.vocabulary)
            write_range(JournalRange.whole(journal), encoder, StandardOutput(), threads, progress)
        return 0
    folder = _folder(flags)
    with (
        StagedFolder(folder, force=flags.force) as staged,
        entries_progress(entries, quiet=flags.quiet) as progress,
    ):
        write_data_set(document, Journal(document.config), staged, threads, progress)
    if not flags.quiet:
        # The files are complete even if this line cannot be printed.
        with suppress(BadUsage):
            print_out(f"{folder} has {entries:,} entries and what they refer to.\n")
    return 0


def _refuse_force(flags: argparse.Namespace) -> None:
    if flags.force:
        raise BadUsage("--force is about a folder; - is standard output (a folder of that name is ./-)")


def _folder(flags: argparse.Namespace) -> Path:
    if not flags.place.strip():
        raise BadUsage("the name of the folder is empty")
    if flags.format is not None:
        raise BadUsage("--format is for standard output (-); a folder holds entries.ndjson and tables as CSV")
    return Path(flags.place)


def _document(flags: argparse.Namespace) -> ConfigDocument:
    document = ConfigDocument.defaults() if flags.config is None else load_config_file(flags.config)
    patch = presets_patch(flags)
    if flags.count is not None:
        patch["transactions"] = {"target_count": flags.count}
    if flags.seed is not None:
        patch.setdefault("global", {})["seed"] = flags.seed
    return document.merge(patch)


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth generate",
        description="Write entries.ndjson, the reference data as CSV files, and config.yaml into a folder, "
        "or the entries alone to standard output.",
    )
    parser.add_argument(
        "place",
        metavar="DIR|-",
        help="a folder, made if it is not there; - is standard output, which gets the entries alone",
    )
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="YAML or JSON file, merged over the defaults"
    )
    add_presets(parser)
    parser.add_argument(
        "--count",
        type=_number(1, MOST_ENTRIES),
        metavar="N",
        help="number of entries (default: target_count of the configuration)",
    )
    parser.add_argument(
        "--seed",
        type=_number(0, LARGEST_SEED, LARGEST_SEED_TEXT),
        metavar="N",
        help="root of every draw (default: seed of the configuration)",
    )
    parser.add_argument(
        "--format",
        choices=FORMATS,
        metavar="NAME",
        help=f"of standard output: {', '.join(FORMATS)} (default: {NDJSON}, an entry a line)",
    )
    parser.add_argument(
        "--worker-threads",
        type=_number(1, MOST_THREADS),
        default=cores(),
        metavar="N",
        help="native generator threads (default: CPU cores)",
    )
    parser.add_argument("--force", action="store_true", help="write into a folder that is not empty")
    parser.add_argument("--quiet", action="store_true", help="say nothing while all is well")
    return parser


def _number(least: int, most: int, most_text: str = "") -> Callable[[str], int]:
    """Return a reader of whole numbers; its errors name the bounds."""
    bounds = f"from {least} to {most_text or format(most, ',')}"

    def read(given: str) -> int:
        if not _DIGITS.fullmatch(given.strip()) or not least <= int(given) <= most:
            raise argparse.ArgumentTypeError(f"{given[:40]!r} is not a whole number {bounds}")
        return int(given)

    return read
