"""Shape 6: sources, processes, companies and document types."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.evaluation.expected.shares import company_shares, process_shares, source_shares
from datasynth.evaluation.gates import MANY, Gate, count_of_faults, not_judged, only_from, share_near

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset

DEVIATIONS = 4.0
TYPES = 20
ENTROPY = 2.5


def check_mix(data: Dataset, config: Config) -> list[Gate]:
    """Judge shares against the configured ones; entries of triggers do not count."""
    entries = data.entries
    mine = ~data.called_for
    of_source = mine & ~data.of_source("reversal")
    gates = [
        *_shares(data, "source", "sources", entries.source, of_source, source_shares(config)),
        *_shares(data, "process", "processes", entries.business_process, mine, process_shares(config)),
        *_shares(data, "company", "companies", entries.company_code, mine, company_shares(config)),
        *_types(data, config),
    ]
    return only_from(gates, data.count, MANY)


def _shares(
    data: Dataset,
    what: str,
    kind: str,
    codes: NDArray[np.int32],
    counted: NDArray[np.bool_],
    expected: Mapping[str, float],
) -> list[Gate]:
    """Judge one share a word, and that there are no other words."""
    words = data.vocabulary.words[kind]
    entries = int(np.count_nonzero(counted))
    found = np.bincount(codes[counted] + 1, minlength=len(words) + 1)
    by_word = dict(zip(words, found[1:].tolist(), strict=True))
    gates = []
    for word, share in expected.items():
        name = f"mix.{what}_{word}"
        hits = by_word.pop(word, 0)
        if share:
            gates.append(share_near(name, hits, entries, share, 0.0, DEVIATIONS))
            continue
        code = data.vocabulary.code(kind, word)
        outside = np.count_nonzero((codes == code) & counted & ~data.closing)
        gates.append(count_of_faults(name, int(outside), "entries of what has no weight, closes aside"))
    unknown = int(found[0]) + sum(by_word.values())
    gates.append(count_of_faults(f"mix.{what}_others", unknown, "entries of none of them"))
    return gates


def _types(data: Dataset, config: Config) -> list[Gate]:
    """Judge how many document types there are, and how evenly they are used."""
    weights = [share for name, share in process_shares(config).items() if name != "IC"]
    if not all(weights):
        why = "a process has no weight"
        return [not_judged("mix.document_types", why), not_judged("mix.entropy", why)]
    known = data.entries.document_type[data.entries.document_type >= 0]
    times = np.bincount(known)
    shares = times[times > 0] / max(known.size, 1)
    entropy = float(-(shares * np.log(shares)).sum())
    return [
        Gate("mix.document_types", int(np.count_nonzero(times)), TYPES, None, "document types that occur"),
        Gate("mix.entropy", entropy, ENTROPY, None, "of document types [nats]"),
    ]
