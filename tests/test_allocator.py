"""Giving memory back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from datasynth.allocator import release_function

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


def test_memory_can_be_given_back_any_time() -> None:
    """Whatever the C library, there is a function to call, and it may be called again and again."""
    release = release_function()
    release()
    release()


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told to keep memory")
def test_freed_memory_is_used_again() -> None:
    """What was freed serves again without the kernel, which otherwise clears every page anew."""
    alone, kept = (
        int(subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, check=True).stdout)
        for how in ("leave", "keep")
    )

    assert kept * 10 < alone
