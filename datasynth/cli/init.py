"""``datasynth init``: a commented configuration file to begin with."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.cli.presets import add_presets, with_presets
from datasynth.cli.program import STANDARD_OUTPUT, BadUsage, Parser, print_out, run_command
from datasynth.config import ConfigDocument, commented_yaml

if TYPE_CHECKING:
    from collections.abc import Sequence

FILE = "datasynth.yaml"


def main(arguments: Sequence[str]) -> int:
    """Write the file.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0, or 2 if nothing was written.
    """
    return run_command(partial(_init, arguments))


def _init(arguments: Sequence[str]) -> int:
    flags = _parser().parse_args(arguments)
    text = commented_yaml(with_presets(ConfigDocument.defaults(), flags).config)
    if flags.output == STANDARD_OUTPUT:
        print_out(text)
        return 0
    _write(Path(flags.output), text, force=flags.force)
    print_out(f"Wrote {flags.output}. To use it: datasynth serve --config {flags.output}\n")
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth init",
        description="Write a YAML file with every configuration key, its default and its explanation.",
    )
    add_presets(parser)
    parser.add_argument(
        "--output",
        default=FILE,
        metavar="FILE",
        help=f"file to write, or - for standard output (default: {FILE})",
    )
    parser.add_argument("--force", action="store_true", help="overwrite an existing file")
    return parser


def _write(file: Path, text: str, *, force: bool) -> None:
    try:
        # "x" creates or refuses in one step; a check before it could be out of date.
        target = file.open("w" if force else "x", encoding="utf-8")
    except FileExistsError:
        raise BadUsage(f"{file} already exists; use --force to overwrite it") from None
    try:
        with target:
            target.write(text)
    except OSError as error:
        if not force:
            # Half a file would make the next try fail.
            file.unlink()
        raise BadUsage(f"{file}: {error.strerror}") from error
