"""``datasynth verify DIR|URL``: is this a ledger that an accountant believes?"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tqdm import tqdm

from datasynth import logs
from datasynth.cli.program import STANDARD_OUTPUT, BadUsage, Parser, print_out, run_command
from datasynth.config import load_config_file
from datasynth.evaluation import evaluate
from datasynth.evaluation.readers.dataset_builder import read_dataset
from datasynth.evaluation.readers.folder import Folder
from datasynth.evaluation.readers.server import Server
from datasynth.evaluation.readers.source import Unreadable
from datasynth.signals import run_until_signal

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.readers.source import DataSource
    from datasynth.evaluation.report import Report

PASSED, FAILED = 0, 1

_URL = re.compile(r"https?://", re.IGNORECASE)
_ADDRESS = re.compile(
    r"(?:\w+://.+|(?:localhost|[\w.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}(?:/.*)?|localhost)", re.IGNORECASE
)
"""What looks like the address of a server: another scheme, or a host with its port."""


def main(arguments: Sequence[str]) -> int:
    """Judge a data set.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0 if every check passes, 1 if one fails, 2 if the data cannot be
        read, 128 plus the number of the signal that has ended it.
    """
    return run_until_signal(partial(run_command, partial(_verify, arguments)))


def _verify(arguments: Sequence[str]) -> int:
    flags = _parser().parse_args(arguments)
    try:
        source = _source(flags)
        config = _config(flags, source)
        report = evaluate(_read(source, config), config)
    except Unreadable as error:
        raise BadUsage(str(error)) from error
    _write(report, flags.json)
    return PASSED if report.passed else FAILED


def _source(flags: argparse.Namespace) -> DataSource:
    place: str = flags.place
    if _URL.match(place):
        return Server(place, flags.api_key)
    folder = Path(place)
    if not folder.exists() and _ADDRESS.fullmatch(place):
        address = place.partition("://")[2] or place
        raise BadUsage(
            f"{place}: folder not found; the address of a server begins with http:// or https://, "
            f"such as http://{address}"
        )
    return Folder(folder)


def _config(flags: argparse.Namespace, source: DataSource) -> Config:
    return source.config() if flags.config is None else load_config_file(flags.config).config


def _read(source: DataSource, config: Config) -> Dataset:
    total = config.transactions.target_count
    with tqdm(total=total, unit=" entries", unit_scale=True, dynamic_ncols=True, disable=None) as bar:
        return read_dataset(source, config, lambda count: bar.update(count - bar.n))


def _write(report: Report, json: str | None) -> None:
    """Print the table, on standard error if standard output gets the JSON; write the JSON."""
    table, document = f"{report.text()}\n", f"{report.as_json()}\n"
    if json == STANDARD_OUTPUT:
        print_out(document)
        logs.write(logs.STDERR, table.rstrip("\n"))
        return
    if json is not None:
        Path(json).write_text(document, "utf-8")
    print_out(table)


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth verify",
        description="Check a data set: balance, distributions, links, closes. "
        "Exit status 0 if all checks pass, 1 if one fails, 2 if the data cannot be read.",
    )
    parser.add_argument(
        "place",
        metavar="DIR|URL",
        help="a folder that `datasynth generate` wrote, or the address of a server, such as http://localhost:3000",
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help="configuration of the data set (default: config.yaml of the folder, or that of the server)",
    )
    parser.add_argument(
        "--json",
        metavar="FILE",
        help="also write the checks as JSON to this file, or to standard output for -",
    )
    parser.add_argument("--api-key", metavar="KEY", help="API key of the server")
    return parser
