"""The flags of ``datasynth generate``: what is written, in which format, and where."""

from __future__ import annotations

import argparse
import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from datasynth.cli.presets import add_presets, presets_patch
from datasynth.cli.program import STANDARD_OUTPUT, BadUsage, Parser
from datasynth.config import (
    LARGEST_SEED,
    LARGEST_SEED_TEXT,
    MOST_ENTRIES,
    ConfigDocument,
    load_config_file,
)
from datasynth.encoding import (
    Amounts,
    Compression,
    Dialect,
    EntriesFormat,
    FileFormat,
    FormatChoices,
    View,
)
from datasynth.settings import MOST_THREADS, cores

if TYPE_CHECKING:
    from collections.abc import Callable

NDJSON_LINES_NAME = "ndjson-lines"
"""An older name of NDJSON with a line a record."""

WORKBOOK = "xlsx"
"""The format, and the end of the name, of Excel files."""

FORMATS = (*FileFormat, WORKBOOK, NDJSON_LINES_NAME)

DEFAULT_VIEWS = {FileFormat.NDJSON: View.DOCUMENT}
"""Of formats whose default is not a line a record."""

SUFFIXES = {
    ".ndjson": FileFormat.NDJSON,
    ".jsonl": FileFormat.NDJSON,
    ".csv": FileFormat.CSV,
    ".arrow": FileFormat.ARROW,
    ".feather": FileFormat.ARROW,
    ".parquet": FileFormat.PARQUET,
}
"""Ends of names that are files, not folders, and say the format."""

FLAGS = {"decimal": "decimal-comma"}
"""Flags whose name is not that of the choice."""

PACKED_SUFFIXES = {".gz": Compression.GZIP, ".zst": Compression.ZSTD}

MOST_PARTS = 1_000_000
"""Parts of a data set, at most."""

_DIGITS = re.compile(r"[0-9]{1,40}", re.ASCII)


class Part(NamedTuple):
    """Part `number` of `parts`, from 0."""

    number: int
    parts: int


class GenerateRequest(NamedTuple):
    """What a command line asks for.

    Attributes
    ----------
    document
        The configuration.
    format
        Of the entries.
    place
        A folder, a file, or None for standard output.
    is_file
        Whether the place is a file.
    first
        Sequence number of the first entry.
    part
        The part of the entries from there on that is written.
    days
        First and last posting date, each None for any.
    partition_by
        ``month`` or ``company``, for a file each; else None.
    workbook
        Whether it is an Excel file; `format` then says which fields.
    """

    document: ConfigDocument
    format: EntriesFormat
    place: Path | None
    is_file: bool
    first: int
    part: Part
    days: tuple[date | None, date | None]
    partition_by: str | None
    workbook: bool


def read_flags(flags: argparse.Namespace) -> GenerateRequest:
    """Read what the flags say together.

    Raises
    ------
    BadUsage
        They do not fit together.
    """
    document = _document(flags)
    place = None if flags.place == STANDARD_OUTPUT else Path(flags.place)
    if place is None and flags.force:
        raise BadUsage(
            "--force needs a file or a folder; - is standard output (use ./- for a folder named -)"
        )
    if not flags.place.strip():
        raise BadUsage("the name of the folder is empty")
    file, packed = _of_name(place)
    if _is_workbook(flags, place):
        file = FileFormat.ARROW
    format = _format(flags, file, packed, document, at_rest=place is not None)
    total = document.config.transactions.target_count
    if flags.first > total:
        raise BadUsage(f"--from: must be a number from 0 to {total:,}, the number of entries")
    if flags.part is not None and flags.part >= flags.parts:
        raise BadUsage(f"--part: must be a number from 0 to {flags.parts - 1}")
    if flags.partition_by is not None and (place is None or file is not None or flags.parts > 1):
        raise BadUsage("--partition-by: needs a folder, and does not work with --parts")
    if flags.opening_balances and (flags.parts == 1 or place is None or file is not None):
        raise BadUsage("--opening-balances: needs a folder and --parts")
    if flags.parts > 1 and flags.part is None:
        raise BadUsage("--parts: needs --part, the number of the part to write")
    return GenerateRequest(
        document,
        format,
        place,
        file is not None,
        flags.first,
        Part(flags.part or 0, flags.parts),
        (flags.from_date, flags.to_date),
        flags.partition_by,
        _is_workbook(flags, place),
    )


def _is_workbook(flags: argparse.Namespace, place: Path | None) -> bool:
    """Whether an Excel file is wanted, which is always one file.

    Raises
    ------
    BadUsage
        It is wanted where it cannot be.
    """
    named = place is not None and place.suffix == f".{WORKBOOK}"
    if flags.format not in {None, WORKBOOK} or not (named or flags.format == WORKBOOK):
        return False
    if not named:
        raise BadUsage("--format xlsx: needs a file whose name ends in .xlsx")
    for flag in ("view", "amounts", "compression", "dialect"):
        if getattr(flags, flag) is not None:
            raise BadUsage(f"--{flag}: does not work with the format xlsx")
    return True


def _of_name(place: Path | None) -> tuple[FileFormat | None, Compression | None]:
    """Return the format and the compression that a file's name says, if it is a file's name."""
    if place is None or place.is_dir():
        return None, None
    packed = PACKED_SUFFIXES.get(place.suffix)
    name = place.with_suffix("") if packed else place
    return SUFFIXES.get(name.suffix), packed


def _format(
    flags: argparse.Namespace,
    named: FileFormat | None,
    packed: Compression | None,
    document: ConfigDocument,
    *,
    at_rest: bool,
) -> EntriesFormat:
    lines = flags.format == NDJSON_LINES_NAME
    chosen = None if flags.format == WORKBOOK else flags.format
    file = FileFormat.NDJSON if lines else FileFormat(chosen or named or FileFormat.NDJSON)
    view = View(flags.view) if flags.view else DEFAULT_VIEWS.get(file, View.LINE)
    choices = FormatChoices(
        file,
        View.LINE if lines else view,
        None if flags.amounts is None else Amounts(flags.amounts),
        Compression(flags.compression) if flags.compression else packed,
        False if flags.part else None,
        flags.dialect is not None,
        flags.decimal_comma,
        None if flags.fields is None else tuple(flags.fields.split(",")),
    )
    for key, sentence in choices._replace(header=None).problems().items():
        raise BadUsage(f"--{FLAGS.get(key, key)}: {sentence[0].lower()}{sentence[1:].removesuffix('.')}")
    known = [company.code for company in document.config.companies]
    if flags.company is not None and flags.company not in known:
        raise BadUsage(f"--company: unknown company {flags.company!r}; the companies are: {', '.join(known)}")
    return choices.format(flags.company or "", footer=at_rest)


def _document(flags: argparse.Namespace) -> ConfigDocument:
    document = ConfigDocument.defaults() if flags.config is None else load_config_file(flags.config)
    patch = presets_patch(flags)
    if flags.count is not None:
        patch["transactions"] = {"target_count": flags.count}
    if flags.seed is not None:
        patch.setdefault("global", {})["seed"] = flags.seed
    return document.merge(patch)


def make_parser() -> Parser:
    """Build the parser."""
    parser = Parser(
        prog="datasynth generate",
        description="Write a data set into a folder (the entries, the reference data as CSV files, and "
        "config.yaml), or the entries alone into a file or to standard output.",
    )
    parser.add_argument(
        "place",
        metavar="DIR|FILE|-",
        help=f"a folder, which is created if missing; a file whose name ends in one of "
        f"{', '.join(SUFFIXES)}, .{WORKBOOK}; or - for standard output",
    )
    _add_journal(parser)
    _add_format(parser)
    _add_range(parser)
    parser.add_argument(
        "--worker-threads",
        type=_number(1, MOST_THREADS),
        default=cores(),
        metavar="N",
        help="native threads that generate entries (default: number of CPU cores)",
    )
    parser.add_argument(
        "--force", action="store_true", help="write into a folder that is not empty, or overwrite a file"
    )
    parser.add_argument("--quiet", action="store_true", help="print nothing except errors")
    parser.add_argument("--json", action="store_true", help="print what was written as a JSON object")
    return parser


def _add_journal(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="YAML or JSON file, merged over the defaults"
    )
    add_presets(parser)
    parser.add_argument(
        "--count",
        type=_number(1, MOST_ENTRIES),
        metavar="N",
        help="number of entries of the journal (default: target_count of the configuration)",
    )
    parser.add_argument(
        "--seed",
        type=_number(0, LARGEST_SEED, LARGEST_SEED_TEXT),
        metavar="N",
        help="random seed (default: seed of the configuration)",
    )


def _add_format(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=FORMATS,
        metavar="NAME",
        help=f"one of {', '.join(FileFormat)}, {WORKBOOK} (default: by the file name, otherwise ndjson)",
    )
    parser.add_argument(
        "--view",
        choices=list(View),
        metavar="NAME",
        help="line: one record per line item; document: one record per entry, with its lines "
        "(default: document for ndjson, line for the others)",
    )
    parser.add_argument(
        "--amounts",
        choices=list(Amounts),
        metavar="NAME",
        help=f"for arrow and parquet: one of {', '.join(Amounts)} (default: decimal)",
    )
    parser.add_argument(
        "--compression",
        choices=list(Compression),
        metavar="NAME",
        help=f"one of {', '.join(Compression)} (default: snappy for parquet, none for the others)",
    )
    parser.add_argument(
        "--dialect",
        choices=[Dialect.EXCEL],
        metavar="NAME",
        help="for csv: excel adds a byte order mark and semicolons, so that Excel opens it by a double click",
    )
    parser.add_argument(
        "--decimal-comma", action="store_true", help="with --dialect excel: a comma as the decimal separator"
    )
    parser.add_argument("--fields", metavar="A,B,…", help="the fields to write, in this order (default: all)")


def _add_range(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--from",
        dest="first",
        type=_number(0, MOST_ENTRIES),
        default=0,
        metavar="N",
        help="sequence number of the first entry to write (default: 0)",
    )
    parser.add_argument(
        "--from-date", type=_date, metavar="DATE", help="first posting date to write, such as 2024-03-01"
    )
    parser.add_argument("--to-date", type=_date, metavar="DATE", help="last posting date to write")
    parser.add_argument("--company", metavar="CODE", help="write only the entries of this company")
    parser.add_argument(
        "--parts",
        type=_number(1, MOST_PARTS),
        default=1,
        metavar="N",
        help="split the entries into this many parts and write one of them; see --part",
    )
    parser.add_argument(
        "--partition-by",
        choices=("month", "company"),
        metavar="KEY",
        help="month or company: write one file for each, in folders such as entries/month=2024-01",
    )
    parser.add_argument(
        "--opening-balances",
        action="store_true",
        help="with --parts: also write the balances before the first entry of the part",
    )
    parser.add_argument(
        "--part", type=_number(0, MOST_PARTS - 1), metavar="I", help="number of the part to write, from 0"
    )


def _number(least: int, most: int, most_text: str = "") -> Callable[[str], int]:
    """Return a reader of whole numbers; its errors name the bounds."""
    bounds = f"from {least} to {most_text or format(most, ',')}"

    def read(given: str) -> int:
        if not _DIGITS.fullmatch(given.strip()) or not least <= int(given) <= most:
            raise argparse.ArgumentTypeError(f"{given[:40]!r} is not a whole number {bounds}")
        return int(given)

    return read


def _date(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{given[:40]!r} is not a date such as 2024-03-31") from None
