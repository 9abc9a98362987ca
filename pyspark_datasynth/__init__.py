"""Where Spark looks for the format ``datasynth``: it imports packages named ``pyspark_…`` by itself."""

from __future__ import annotations

from datasynth.spark import EntriesDataSource as DefaultSource

__all__ = ["DefaultSource"]
