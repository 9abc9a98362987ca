"""What a figure needs beside it to mean something: the machine, the versions, the day."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from datasynth import __version__

PACKAGES = ("numpy", "numba", "gevent", "gunicorn", "flask", "flask-sock", "grpcio")

_PROCESSOR = Path("/proc/cpuinfo")


def describe() -> dict[str, str]:
    """Describe machine, versions and day."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "machine": f"{usable} cores, {_processor()}, {psutil.virtual_memory().total / 2**30:.0f} GB",
        "load before": f"{os.getloadavg()[0]:.2f}",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "datasynth": __version__,
        "packages": ", ".join(f"{package} {version(package)}" for package in PACKAGES),
    }


def _processor() -> str:
    if _PROCESSOR.exists():
        for line in _PROCESSOR.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
