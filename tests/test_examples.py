"""The programs in ``examples/`` run as they stand and print what the journal has."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from datasynth.config import config_from_mapping
from datasynth.generation.journal import Journal
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

FOLDER = ROOT / "examples"
ENTRIES = 20_000
TIMEOUT = 55

pytestmark = pytest.mark.slow


def run(name: str, *arguments: str) -> list[str]:
    """Lines that an example prints; without arguments it gets the number of entries."""
    done = subprocess.run(
        [sys.executable, name, *(arguments or [str(ENTRIES)])],
        cwd=FOLDER,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=TIMEOUT,
    )
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def journal() -> Journal:
    """Build the journal that the examples build."""
    return Journal(config_from_mapping({"transactions": {"target_count": ENTRIES}}))


def test_trial_balance(journal: Journal) -> None:
    """The accounts that moved most have the sums of the engine's own balances."""
    balances = journal.balances(journal.total)
    moved = (balances.debit - balances.credit)[0]
    posted = np.count_nonzero(balances.debit[0] + balances.credit[0])
    ordered = [*np.sort(moved)[:-4:-1].tolist(), *np.sort(moved)[2::-1].tolist()]
    *rows, last = run("trial_balance.py")

    assert [Decimal(amount) / 100 for amount in ordered] == [
        Decimal(row.split()[-1].replace(",", "")) for row in rows
    ]
    assert f"{posted} accounts, in all 0.00" == last


def test_two_processes(journal: Journal) -> None:
    """Both halves together have every document of the triggered journal, by process."""
    triggered, trigger = journal.trigger("month_end", ENTRIES // 2)
    processes = triggered.block(0, triggered.total).process
    names = triggered.vocabulary.processes
    expected = {names[code]: int(count) for code, count in enumerate(np.bincount(processes)) if count}
    *rows, last = run("two_processes.py")

    assert expected == {name: int(count.replace(",", "")) for name, count in map(str.split, rows)}
    assert f"{triggered.total:,} documents, {trigger.entries} of them by the trigger" == last


@pytest.mark.apart
@pytest.mark.server
def test_python_client(server: Server, tmp_path: Path) -> None:
    """The file and the frame are those of a stream, and their amounts sum to nil."""
    file = tmp_path / "entries.parquet"
    first, *accounts = run("python_client.py", server.base_url, str(file))
    table = pq.read_table(file, columns=["sequence", "account_name", "local_amount"])
    sums = table.group_by("account_name").aggregate([("local_amount", "sum")]).to_pylist()
    largest = sorted(one["local_amount_sum"] for one in sums)[-3:]

    assert ENTRIES == len(set(table["sequence"].to_pylist()))
    assert f"{file}: {table.num_rows:,} lines, in all 0.0000" == first
    assert largest == [Decimal(line.split()[-1]) for line in accounts]
