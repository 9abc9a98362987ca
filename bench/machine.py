"""What a figure needs beside it to mean something: the machine, the versions, the day."""

from __future__ import annotations

import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from datasynth import __version__

PACKAGES = ("numpy", "numba", "gevent", "gunicorn", "flask", "flask-sock", "grpcio")

STEALING = "steal"
"""What a virtual machine's host takes away counts as the others' doing."""

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


class Others:
    """Tells what the rest of the machine was doing since this was made.

    A measurement is only worth something while the rest did nothing.
    """

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._at_first = _busy() - _own()

    def cores(self) -> float:
        """Return how many cores other processes have kept busy; ours count once they have ended."""
        return max(0.0, (_busy() - _own() - self._at_first) / (time.perf_counter() - self._began))


def _busy() -> float:
    """Time that all cores together have been busy. [s]"""
    spent = psutil.cpu_times()
    return float(spent.user + spent.nice + spent.system + getattr(spent, STEALING, 0.0))


def _own() -> float:
    """Time that this process and its ended children have taken. [s]"""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _processor() -> str:
    if _PROCESSOR.exists():
        for line in _PROCESSOR.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
