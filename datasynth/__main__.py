"""The command ``datasynth``, also as ``python -m datasynth``."""

from __future__ import annotations

import difflib
import signal
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from datasynth import __version__, logs
from datasynth.cli.program import BAD_USAGE, print_out, run_command
from datasynth.signals import SIGNAL_STATUS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# A command is imported when it runs: a server does not load what judges data, nor that a server.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("datasynth.serve", "start the server"),
    "init": ("datasynth.cli.init", "write a configuration file with every key explained"),
    "config": (
        "datasynth.cli.config",
        "print the JSON Schema of the configuration, or a whole configuration",
    ),
    "generate": (
        "datasynth.cli.generate",
        "write a data set into a folder, or entries into a file or to standard output",
    ),
    "verify": ("datasynth.cli.verify", "check a data set, in a folder or from a server"),
    "follow": ("datasynth.cli.follow", "print the events of a server's stream as they happen"),
    "version": ("datasynth.cli.version", "print the version"),
}
"""The module whose `main` runs each command, and what it does."""

USAGE = "\n".join(
    [
        f"datasynth {__version__}: balanced synthetic journal entries over REST, WebSocket and gRPC",
        "",
        "usage: datasynth COMMAND [options]    datasynth COMMAND --help lists the options",
        "",
        *(f"  {name:<10}{summary}" for name, (_, summary) in COMMANDS.items()),
        f"  {'--version':<10}print the version",
    ]
)

INTERRUPTED = SIGNAL_STATUS + signal.SIGINT
"""What a shell reports of a program that an interrupt has ended."""


def main() -> int:
    """Run the command that the arguments name; return the exit status."""
    logs.open_standard_files()
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in COMMANDS:
        return _run(name, arguments)
    if name in {"-h", "--help"}:
        return run_command(partial(_print, USAGE))
    if name == "--version":
        return run_command(partial(_print, __version__))
    close = difflib.get_close_matches(name, COMMANDS, n=1)
    hint = f"Did you mean {close[0]}? " if close else ""
    logs.write(
        logs.STDERR, f"datasynth: unknown command {name!r}. {hint}The commands are: {', '.join(COMMANDS)}"
    )
    return BAD_USAGE


def _print(text: str) -> int:
    print_out(f"{text}\n")
    return 0


def _run(name: str, arguments: Sequence[str]) -> int:
    module, _ = COMMANDS[name]
    try:
        status: int = import_module(module).main(arguments)
    except KeyboardInterrupt:
        # Also while the command is still being imported, which takes a second.
        return INTERRUPTED
    return status


if __name__ == "__main__":
    sys.exit(main())
