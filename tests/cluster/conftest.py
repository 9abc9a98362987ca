"""Tests of engines that are not installed are left out."""

from __future__ import annotations

from importlib.util import find_spec

MODULES = {"test_dask.py": "dask", "test_ray.py": "ray", "test_spark.py": "pyspark"}

collect_ignore = [file for file, module in MODULES.items() if find_spec(module) is None]
