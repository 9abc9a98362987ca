"""The command ``datasynth``, also as ``python -m datasynth``."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from datasynth import __version__, logs

if TYPE_CHECKING:
    from collections.abc import Mapping

# Imported by name when asked for: a server has no use for what judges data, nor that for a server.
COMMANDS: Mapping[str, tuple[str, str]] = {
    "serve": ("datasynth.serve", "start the server"),
    "init": ("datasynth.cli.init", "write a configuration file with every key explained"),
    "config": ("datasynth.cli.config", "print the JSON Schema of configurations, or one in full"),
    "generate": ("datasynth.cli.generate", "write a data set into a folder"),
    "verify": ("datasynth.cli.verify", "judge a data set, in a folder or from a server"),
}
"""The module whose `main` runs each command, and what it does."""

USAGE = "\n".join(
    [
        f"datasynth {__version__}: balanced synthetic journal entries over REST, WebSocket and gRPC",
        "",
        "usage: datasynth COMMAND [options]    datasynth COMMAND --help tells the options",
        "",
        *(f"  {name:<10}{summary}" for name, (_, summary) in COMMANDS.items()),
        f"  {'--version':<10}print the version",
    ]
)

BAD_USAGE = 2


def main() -> int:
    """Run the command that the arguments name; return the exit status."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in COMMANDS:
        module, _ = COMMANDS[name]
        status: int = import_module(module).main(arguments)
        return status
    if name in {"-h", "--help"}:
        logs.write(logs.STDOUT, USAGE)
        return 0
    if name == "--version":
        logs.write(logs.STDOUT, __version__)
        return 0
    logs.write(logs.STDERR, f"datasynth: there is no command {name!r}; there is: {', '.join(COMMANDS)}")
    return BAD_USAGE


if __name__ == "__main__":
    sys.exit(main())
