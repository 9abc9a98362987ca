"""What the system says of a process."""

from __future__ import annotations

import os
import subprocess
import sys

from bench.process import children, open_descriptors
from tests.server import ROOT

USES_MEMORY = """
import numpy as np
from bench.process import peak_bytes, resident_bytes

before = resident_bytes()
array = np.ones(8_000_000)
during = resident_bytes()
del array
print(during - before, during, peak_bytes())
"""


def test_memory_that_is_used_is_seen() -> None:
    """The resident size grows with an array, and the peak stays when it is gone.

    In a process of its own: of one that has run many tests the system may take back some memory meanwhile.
    """
    done = subprocess.run(
        [sys.executable, "-c", USES_MEMORY], cwd=ROOT, capture_output=True, text=True, check=True
    )
    grown, during, peak = map(int, done.stdout.split())

    assert 50_000_000 < grown < 80_000_000
    # The system counts in batches.
    assert peak > during - 8_000_000


def test_descriptors_are_counted() -> None:
    """A pipe has two."""
    before = open_descriptors()
    ends = os.pipe()
    during = open_descriptors()
    for end in ends:
        os.close(end)

    assert (before + 2, before) == (during, open_descriptors())


def test_children_are_found() -> None:
    """A program that was started is one, and gone when it has ended."""
    program = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    found = children(os.getpid())
    program.communicate(b"\n")

    assert program.pid in found
    assert program.pid not in children(os.getpid())
