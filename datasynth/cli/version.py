"""``datasynth version``: which version this is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from datasynth.cli.program import Parser, print_out, run_command
from datasynth.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Print the version.

    Parameters
    ----------
    arguments
        What follows the command: nothing but ``--help``.

    Returns
    -------
    int
        Exit status: 0, or 2 for arguments that make no sense.
    """
    return run_command(partial(_version, arguments))


def _version(arguments: Sequence[str]) -> int:
    Parser(prog="datasynth version", description="Print the version.").parse_args(arguments)
    print_out(f"{__version__}\n")
    return 0
