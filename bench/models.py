"""What the benchmarks generate."""

from __future__ import annotations

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal

ENTRIES = 10_000_000
"""Entries of the default model for engine and encoders: more than any cache holds."""


def build(seed: int = 42) -> Journal:
    """Build the default model with 10 million entries."""
    return Journal(config_from_mapping({"global": {"seed": seed}, "transactions": {"target_count": ENTRIES}}))
