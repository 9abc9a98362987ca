"""The command ``datasynth``, also as ``python -m datasynth``."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from datasynth import __version__, logs, serve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {"serve": serve.main}

USAGE = f"""\
datasynth {__version__}: balanced synthetic journal entries over REST, WebSocket and gRPC

usage: datasynth serve [options]    start the server; datasynth serve --help tells the options
       datasynth --version"""

BAD_USAGE = 2


def main() -> int:
    """Run the command that the arguments name; return the exit status."""
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in COMMANDS:
        return COMMANDS[name](arguments)
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
