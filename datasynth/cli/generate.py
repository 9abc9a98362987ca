"""``datasynth generate DIR``: a whole data set as files."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.cli.data_set import generate
from datasynth.cli.draft import Draft
from datasynth.cli.program import Parser, ended, print_out
from datasynth.config import ConfigDocument, load_config_file
from datasynth.option_values import count
from datasynth.settings import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

INTERRUPTED = 130
"""What a shell reports of a program that an interrupt has ended."""

LARGEST = 2**63 - 1
MOST_THREADS = 1_024


def main(arguments: Sequence[str]) -> int:
    """Write the files.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0, or 2 if it cannot be done, or 130 after an interrupt;
        then there are no new files.
    """
    try:
        return ended(partial(_generate, arguments))
    except KeyboardInterrupt:
        return INTERRUPTED


def _generate(arguments: Sequence[str]) -> int:
    flags = _parser().parse_args(arguments)
    document = _document(flags)
    with Draft(flags.folder, force=flags.force) as draft:
        generate(document, draft, flags.worker_threads)
    entries = document.config.transactions.target_count
    print_out(f"{flags.folder} has {entries:,} entries and what they refer to.\n")
    return 0


def _document(flags: argparse.Namespace) -> ConfigDocument:
    document = ConfigDocument.defaults() if flags.config is None else load_config_file(flags.config)
    if flags.count is not None:
        document = document.merge({"transactions": {"target_count": flags.count}})
    if flags.seed is not None:
        document = document.merge({"global": {"seed": flags.seed}})
    return document


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth generate",
        description="Write entries.ndjson, the reference data as CSV files, and config.yaml into a folder.",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="made if it is not there")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="YAML or JSON file, merged over the defaults"
    )
    parser.add_argument(
        "--count",
        type=_number(1, LARGEST),
        metavar="N",
        help="number of entries (default: target_count of the configuration)",
    )
    parser.add_argument(
        "--seed",
        type=_number(0, LARGEST),
        metavar="N",
        help="root of every draw (default: seed of the configuration)",
    )
    parser.add_argument(
        "--worker-threads",
        type=_number(1, MOST_THREADS),
        default=cores(),
        metavar="N",
        help="native generator threads (default: CPU cores)",
    )
    parser.add_argument("--force", action="store_true", help="write into a folder that is not empty")
    return parser


def _number(least: int, most: int) -> Callable[[str], int]:
    """Read as settings are, refusing in the words of the setting instead of argparse's."""
    read = count(least, most)

    def told(given: str) -> int:
        try:
            return read(given)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return told
