"""Judges a data set from the outside: from what was written or is served, and the configuration behind it.

Knows the ledger and what a configuration promises; recomputes everything else.
Must not know how entries are made, encoded or served: nothing of generation,
encoding, service or transports is imported, so that none of their mistakes
can be repeated here.
"""

from __future__ import annotations

from datasynth.evaluation.check import Check, Verdict
from datasynth.evaluation.dataset import Dataset
from datasynth.evaluation.judge import evaluate
from datasynth.evaluation.report import Report

__all__ = ["Check", "Dataset", "Report", "Verdict", "evaluate"]
