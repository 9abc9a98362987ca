"""Compiled and interpreted kernels, and warming them up."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from datasynth.encoding import Amounts, EntriesFormat, FileFormat, Format, warm_up
from datasynth.encoding.kernels import messages, parquet_pages, records
from tests.blocks import PLAIN, sample_block
from tests.encoding.slices import encode

ROOT = Path(__file__).parents[2]
COUNTS = [2, 9, 1]
PAGE_KERNELS = {
    "keep_present",
    "number_values",
    "number_words",
    "put_decimals",
    "put_hybrid",
    "put_runs",
    "put_texts",
}
"""Kernels of Parquet that Python calls."""
FORMATS = [*Format, *(EntriesFormat(FileFormat.PARQUET, amounts=amounts) for amounts in Amounts)]
PROGRAM = "from tests.encoding.test_warm import digests; [print(line) for line in digests()]"


def digests() -> list[str]:
    """A digest for each format of the same small block."""
    block = sample_block(COUNTS, first=5)
    return [hashlib.sha256(encode(format_, PLAIN, block).data.tobytes()).hexdigest() for format_ in FORMATS]


def test_interpreted_kernels_write_the_same_bytes() -> None:
    """The kernels run as plain Python give what they give compiled, and warn of nothing."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert digests() == done.stdout.split()


def test_warming_up_leaves_nothing_to_compile() -> None:
    """After `warm_up`, real blocks of every format need no further version of a kernel."""
    warm_up()
    kernels = [records.encode_lines, records.encode_documents, messages.encode_messages]
    kernels += [found for name, found in vars(parquet_pages).items() if name in PAGE_KERNELS]
    before = [len(getattr(kernel, "signatures", [None])) for kernel in kernels]
    for format_ in FORMATS:
        encode(format_, PLAIN, sample_block(COUNTS))

    assert [1] * (3 + len(PAGE_KERNELS)) == before
    assert before == [len(getattr(kernel, "signatures", [None])) for kernel in kernels]
