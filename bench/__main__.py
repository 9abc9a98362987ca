"""``python -m bench``: prints a table of figures and their ceilings for each group."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from bench import building, encoding, engine, files, page, scale, starts, transports
from bench.machine import Others, describe
from bench.rounds import RUNS
from datasynth.allocator import keep_freed_memory
from datasynth.serve import SWITCH_SECONDS
from datasynth.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bench.tables import Table

GROUPS: dict[str, Callable[[float], list[Table]]] = {
    "engine": engine.measure,
    "build": building.measure,
    "encoding": encoding.measure,
    "files": files.measure,
    "scale": scale.measure,
    "rest": transports.rest,
    "websocket": transports.websocket,
    "grpc": transports.grpc,
    "start": starts.start,
    "page": page.measure,
}

APART = {"page"}
"""Groups that are measured only where they are named, since they need a browser."""


def main(argv: Sequence[str]) -> int:
    """Measure what the arguments ask for.

    Parameters
    ----------
    argv
        Arguments after the command.
    """
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only",
        default=",".join(group for group in GROUPS if group not in APART),
        help="groups, separated by commas",
    )
    parser.add_argument("--seconds", type=float, default=1.0, help="how long each of the runs lasts")
    parser.add_argument("--json", type=Path, help="file to write the figures to as well")
    given = parser.parse_args(argv)
    groups = given.only.split(",")
    if unknown := [group for group in groups if group not in GROUPS]:
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    about = describe()
    for name, value in about.items():
        print(f"{name + ':':13}{value}")
    print(f"Medians of {RUNS} runs of {given.seconds:g} s each.")
    # As in the server: a thread that holds the interpreter gives it up soon, and memory is used again.
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_freed_memory()
    warm_up()
    tables: list[Table] = []
    busy: dict[str, float] = {}
    for group in groups:
        others = Others()
        measured = GROUPS[group](given.seconds)
        busy[group] = round(others.cores(), 2)
        print(*(f"\n{table}" for table in measured), sep="\n")
        print(f"\nOther programs kept {busy[group]:.2f} cores busy meanwhile.", flush=True)
        tables += measured
    if given.json is not None:
        conditions = {**about, "runs": RUNS, "seconds": given.seconds, "cores busy with others": busy}
        figures = [table.as_dict() for table in tables]
        given.json.write_text(json.dumps({"measured": conditions, "tables": figures}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
