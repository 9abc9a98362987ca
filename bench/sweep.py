"""``python -m bench.sweep``: makes data sets of all kinds, judges each, and says which checks are red."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.machine import describe
from bench.outcomes import Outcome, read_checks
from bench.quality import write_page
from bench.trials import GROUPS, trials
from datasynth.config import INDUSTRIES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.trials import Trial

    Run = Callable[[Trial, Path], Outcome]

GREEN, RED = 0, 1
JUDGED = {GREEN, RED}
"""Statuses with which `datasynth verify` has judged something."""

SEEDS = (1, 2, 3, 4, 5)


def run_trial(trial: Trial, folder: Path) -> Outcome:
    """Make and judge a data set with the commands that users have.

    Parameters
    ----------
    trial
        What to make.
    folder
        Where; empty, and left to be removed.
    """
    config, data, report = folder / "config.json", folder / "data", folder / "report.json"
    config.write_text(json.dumps(trial.configuration))
    began = time.perf_counter()
    status, said = _command("generate", data, "--config", config)
    made = time.perf_counter() - began
    if status != GREEN:
        return Outcome(trial, made=made, trouble=said)
    status, said = _command("verify", data, "--json", report)
    judged = time.perf_counter() - began - made
    if status not in JUDGED:
        return Outcome(trial, made=made, judged=judged, trouble=said)
    found = json.loads(report.read_text())
    return Outcome(trial, found["entries"], found["lines"], read_checks(found), made, judged)


def _command(name: str, *arguments: str | Path) -> tuple[int, str]:
    """Run a command; return its status and the last line that it said on standard error."""
    program = [sys.executable, "-m", "datasynth", name, *map(str, arguments)]
    done = subprocess.run(program, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, (
        done.stderr.strip() or f"datasynth {name} ended with {done.returncode}"
    ).splitlines()[-1]


def row(outcome: Outcome) -> str:
    """Print an outcome as a row of the table."""
    trial = outcome.trial
    verdict = outcome.trouble or ("green" if outcome.green else f"RED {', '.join(outcome.red)}")
    lines = f"{outcome.lines / outcome.entries:.2f}" if outcome.entries else ""
    times = f"{outcome.made:.1f}", f"{outcome.judged:.1f}"
    return _laid_out(
        trial.group,
        trial.name,
        str(trial.seed),
        f"{trial.count:,}",
        lines,
        str(outcome.counted),
        *times,
        verdict,
    )


def _laid_out(group: str, name: str, *cells: str) -> str:
    *figures, verdict = cells
    widths = (5, 10, 7, 6, 7, 7)
    padded = (cell.rjust(width) for cell, width in zip(figures, widths, strict=True))
    return f"{group:8} {name:46} {' '.join(padded)}  {verdict}"


HEADING = _laid_out("group", "what", "seed", "entries", "lines/e", "checks", "made/s", "judged", "verdict")


def sweep(chosen: Sequence[Trial], run: Run, parent: Path | None = None) -> list[Outcome]:
    """Run trials one after the other and print a row for each.

    Parameters
    ----------
    chosen
        Which.
    run
        Makes and judges one, in an empty folder.
    parent
        Where the folders are made; the system's place for temporary files by default.
    """
    print(HEADING)
    outcomes = []
    for trial in chosen:
        with tempfile.TemporaryDirectory(prefix="datasynth-sweep-", dir=parent) as folder:
            outcomes.append(run(trial, Path(folder)))
        print(row(outcomes[-1]), flush=True)
    return outcomes


def main(argv: Sequence[str], run: Run = run_trial) -> int:
    """Sweep as the arguments say; return 0 if every data set is green, else 1.

    Parameters
    ----------
    argv
        Arguments after the command.
    run
        Makes and judges one data set.
    """
    given = _parser().parse_args(argv)
    outcomes = sweep(trials(given.only, given.industries, given.seeds), run, given.folder)
    red = [outcome for outcome in outcomes if not outcome.green]
    print(f"\n{len(outcomes) - len(red)} of {len(outcomes)} data sets are green.")
    if given.page is not None:
        write_page(given.page, outcomes, describe())
    return RED if red or not outcomes else GREEN


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.sweep", description=__doc__)
    parser.add_argument(
        "--only", type=_words(GROUPS), default=list(GROUPS), help=f"groups: {','.join(GROUPS)} (default: all)"
    )
    parser.add_argument(
        "--industries", type=_words(INDUSTRIES), default=list(INDUSTRIES), help="some of the industries"
    )
    parser.add_argument("--seeds", type=_numbers, default=list(SEEDS), help="seeds (default: 1,2,3,4,5)")
    parser.add_argument(
        "--folder", type=Path, help="where to make the data sets, one at a time; the largest takes 11 GB"
    )
    parser.add_argument("--page", type=Path, help="page of the documentation whose figures to replace")
    return parser


def _words(known: Sequence[str] | Mapping[str, object]) -> Callable[[str], list[str]]:
    def read(given: str) -> list[str]:
        words = given.split(",")
        if unknown := [word for word in words if word not in known]:
            raise argparse.ArgumentTypeError(f"no {', '.join(unknown)}; there are {', '.join(known)}")
        return words

    return read


def _numbers(given: str) -> list[int]:
    return [int(number) for number in given.split(",")]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
