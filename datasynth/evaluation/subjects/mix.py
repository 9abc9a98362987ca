"""Shapes 6 and 7: sources, processes, companies, types and accounts, and entries that repeat themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.check import MANY, Check, no_fault, not_judged, only_from, share_near
from datasynth.evaluation.expected import company_shares, process_shares, source_shares
from datasynth.evaluation.keys import differs, key_of, mix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Codes, Prints, Truths
    from datasynth.evaluation.dataset import Dataset

DEVIATIONS = 4.0
TYPES = 20
ENTROPY = 2.5

BUSIEST = {"small": (0.60, 0.80), "medium": (0.85, 0.97), "large": (0.93, 0.995)}
"""Share of the lines on the busiest tenth of the postable accounts, by complexity."""

RECURRING = 0.80
COMMONEST = 50
COVERED = (0.50, 0.75)


def mix_checks(data: Dataset, config: Config) -> list[Check]:
    """Check shares against the configured ones; entries of triggers do not count."""
    entries = data.entries
    mine = ~data.called_for
    of_source = mine & ~data.of_source("reversal")
    return only_from(
        MANY,
        data.count,
        *_shares(data, "source", "sources", entries.source, of_source, source_shares(config)),
        *_shares(data, "process", "processes", entries.business_process, mine, process_shares(config)),
        *_shares(data, "company", "companies", entries.company_code, mine, company_shares(config)),
        *_types(data, config),
    )


def _shares(
    data: Dataset, what: str, kind: str, codes: Codes, counted: Truths, expected: Mapping[str, float]
) -> list[Check]:
    """Check one share a word, and that there are no other words."""
    words = data.vocabulary.words[kind]
    entries = int(np.count_nonzero(counted))
    found = np.bincount(codes[counted] + 1, minlength=len(words) + 1)
    by_word = dict(zip(words, found[1:].tolist(), strict=True))
    checks = []
    for word, share in expected.items():
        name = f"mix.{what}_{word}"
        hits = by_word.pop(word, 0)
        if share:
            checks.append(share_near(name, hits, entries, share, 0.0, DEVIATIONS))
            continue
        code = data.vocabulary.code(kind, word)
        outside = np.count_nonzero((codes == code) & counted & ~data.closing)
        checks.append(no_fault(name, outside, "entries of a category without weight, except closes"))
    unknown = int(found[0]) + sum(by_word.values())
    checks.append(no_fault(f"mix.{what}_others", unknown, "entries without a known category"))
    return checks


def _types(data: Dataset, config: Config) -> list[Check]:
    """Check how many document types there are, and how evenly they are used."""
    if not _has_all_processes(config):
        why = "a process has no weight"
        return [not_judged("mix.document_types", why), not_judged("mix.entropy", why)]
    known = data.entries.document_type[data.entries.document_type >= 0]
    times = np.bincount(known)
    shares = times[times > 0] / max(known.size, 1)
    entropy = float(-(shares * np.log(shares)).sum())
    return [
        Check("mix.document_types", int(np.count_nonzero(times)), TYPES, None, "document types in the data"),
        Check("mix.entropy", entropy, ENTROPY, None, "of document types [nats]"),
    ]


def _has_all_processes(config: Config) -> bool:
    """Tell whether every process has a weight, dealings between companies aside."""
    return all(share for name, share in process_shares(config).items() if name != "IC")


def concentration_checks(data: Dataset, config: Config) -> list[Check]:
    """Check accounts and patterns; few processes use few accounts, so upper bounds want every process."""
    complexity, whole = config.chart_of_accounts.complexity, _has_all_processes(config)
    checks = (_accounts(data, complexity, whole=whole), *_patterns(data, complexity, whole=whole))
    return only_from(MANY, data.count, *checks)


def _accounts(data: Dataset, complexity: str, *, whole: bool) -> Check:
    name = "concentration.accounts"
    tenth = round(np.count_nonzero(data.accounts.postable) / 10)
    if not tenth:
        return not_judged(name, "the data has no chart of accounts")
    known = data.lines.account[data.lines.account >= 0]
    times = np.sort(np.bincount(known))[::-1]
    share = float(times[:tenth].sum()) / max(known.size, 1)
    low, high = BUSIEST[complexity]
    note = f"of the lines on the {tenth} busiest accounts"
    return Check(name, share, low, high if whole else None, note)


def _patterns(data: Dataset, complexity: str, *, whole: bool) -> list[Check]:
    times = np.unique(patterns(data), return_counts=True)[1]
    recurring = 1 - times.size / max(data.count, 1)
    covered = float(np.sort(times)[::-1][:COMMONEST].sum()) / max(data.count, 1)
    if complexity != "medium":
        why = "checked only for charts of medium complexity"
        return [
            not_judged("concentration.recurring", why, recurring),
            not_judged("concentration.commonest", why, covered),
        ]
    low, high = COVERED[0], COVERED[1] if whole else None
    note = f"entries with one of the {COMMONEST} most common patterns"
    return [
        Check(
            "concentration.recurring",
            recurring,
            RECURRING,
            None,
            "entries with a pattern of an earlier entry",
        ),
        Check("concentration.commonest", covered, low, high, note),
    ]


def patterns(data: Dataset) -> Prints:
    """Return a key of each entry's document type and set of accounts and sides.

    Returns
    -------
    (n,) uint64
        Equal where both are, whatever the order and number of lines.
    """
    accounts = len(data.vocabulary.words["accounts"]) + 1
    side = 2 * accounts
    posting = (data.lines.account.astype(np.int64) % accounts) * 2 + (data.lines.debit > 0)
    # Sorted, lines of one entry stay together, and those that say the same stand side by side.
    ordered = np.sort(data.entry.astype(np.int64) * side + posting)
    scattered = mix((ordered % side).astype(np.uint64)).view(np.int64)
    return key_of(data.entries.document_type, data.per_entry(np.where(differs(ordered), scattered, 0)))
