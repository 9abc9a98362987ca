"""Giving memory back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from datasynth.allocator import keep_freed_memory, release_function

only_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc can be told to keep memory"
)

FAULTS = """
import resource, sys
import numpy as np
from datasynth.allocator import keep_freed_memory

if sys.argv[1] == "keep":
    keep_freed_memory()
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    held = [np.ones(1_000_000, dtype=np.uint8) for _ in range(40)]
    del held
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
faults()
print(faults())
"""
"""How many pages the kernel has to clear for 40 MB that were used and freed before."""


RELEASED = """
import numpy as np
import psutil
from datasynth.allocator import keep_freed_memory, release_function

keep_freed_memory()
resident = psutil.Process().memory_info
held = [np.ones(1_000_000, dtype=np.uint8) for _ in range(40)]
del held
before, release = resident().rss, release_function()
release()
print(before - resident().rss)
release()
"""
"""How many bytes go back to the system of 40 MB that were kept for later use."""


@only_glibc
def test_kept_memory_is_given_back_on_request() -> None:
    """Most of what was kept goes back at once, and the function may be called again."""
    done = subprocess.run([sys.executable, "-c", RELEASED], capture_output=True, check=True)

    assert int(done.stdout) > 30_000_000


@pytest.mark.parametrize("libc", ["musl", ""])
def test_without_glibc_there_is_nothing_to_give_back(libc: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the C library, there is a function to call."""
    monkeypatch.setattr(platform, "libc_ver", lambda: (libc, ""))
    keep_freed_memory()

    assert release_function()() is None


@only_glibc
def test_freed_memory_is_used_again() -> None:
    """What was freed serves again without the kernel, which otherwise clears every page anew."""
    alone, kept = (
        int(subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, check=True).stdout)
        for how in ("leave", "keep")
    )

    assert kept * 10 < alone
