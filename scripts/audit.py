"""`make audit`: looks the pinned versions up among known vulnerabilities, by pip-audit.

A finding fails.  Data that cannot be reached do not, or a build would hang on
somebody else's service; they are told of plainly, since "nothing found" and
"nothing looked up" must not look alike, as they do in pip-audit's own last line.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

PINNED = "requirements-dev.txt"
"""Holds what the server runs with, and what it is tested with."""

MOST_SECONDS = 300
FOUND, BROKEN = 1, 2

# pip-audit lets these end it, with a traceback; its other complaints are about what it was given.
_UNREACHABLE = re.compile(r"requests\.exceptions\.|ServiceError|ConnectionError|vulnerability feed")


class Outcome(NamedTuple):
    """What pip-audit has done.

    Attributes
    ----------
    printed
        Its standard output: the report, or nothing.
    complained
        Its standard error.
    """

    printed: str
    complained: str


class Verdict(NamedTuple):
    """What to say, and the exit status: 0, `FOUND` or `BROKEN`."""

    status: int
    lines: list[str]


def main(arguments: Sequence[str]) -> int:
    """Audit, say what came out, and return the exit status.

    Parameters
    ----------
    arguments
        Options for pip-audit, such as another service; a file of requirements in place of `PINNED` by ``-r``.
    """
    which = [] if "-r" in arguments else ["-r", PINNED]
    verdict = judge(_audit([*which, *arguments]))
    sys.stdout.write("".join(f"{line}\n" for line in verdict.lines))
    return verdict.status


def judge(outcome: Outcome) -> Verdict:
    """Tell findings, their absence, and the absence of data apart."""
    try:
        dependencies = json.loads(outcome.printed)["dependencies"]
    except (ValueError, KeyError, TypeError):
        return _without_report(outcome.complained)
    findings = [
        f"{one['name']} {one['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or '–'}"
        for one in dependencies
        for known in one.get("vulns", ())
    ]
    skipped = [one["skip_reason"] for one in dependencies if "skip_reason" in one]
    audited = len(dependencies) - len(skipped)
    status, lines = FOUND if findings else 0, findings.copy()
    if audited:
        lines.append(f"{len(findings)} known vulnerabilities in {audited} packages.")
    if skipped:
        lines.append(
            f"NOT AUDITED: {len(skipped)} of {len(dependencies)} packages; "
            f"their data could not be reached ({skipped[0]})."
        )
    return Verdict(status, lines)


def _without_report(complaint: str) -> Verdict:
    last = (complaint.strip().splitlines() or ["it said nothing"])[-1]
    if _UNREACHABLE.search(complaint):
        return Verdict(0, [f"NOT AUDITED: the data on vulnerabilities could not be reached ({last})."])
    return Verdict(BROKEN, [f"The audit itself has failed: {last}"])


def _audit(arguments: Sequence[str]) -> Outcome:
    # Every version is pinned with its hashes, so nothing has to be resolved or installed.
    fixed = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(  # noqa: S603  # what the operator of `make` says
            [sys.executable, "-m", "pip_audit", *fixed, *arguments],
            capture_output=True,
            text=True,
            timeout=MOST_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return Outcome("", f"ConnectionError: no answer within {MOST_SECONDS} s")
    return Outcome(done.stdout, done.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
