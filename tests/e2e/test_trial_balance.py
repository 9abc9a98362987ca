"""The trial balance of a server beside one that DuckDB sums from an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pytest
import requests

from tests.server import gunicorn

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.server import Server

ENTRIES = 100_000
POSITIONS = (0, 31_415, ENTRIES)
TIMEOUT = 60
SUMS = """
    SELECT company_code, account,
           coalesce(sum(local_amount) FILTER (local_amount > 0), 0) AS debit,
           coalesce(-sum(local_amount) FILTER (local_amount < 0), 0) AS credit
    FROM read_csv('{export}', types = {{'local_amount': 'DECIMAL(18, 2)', 'account': 'VARCHAR',
                  'company_code': 'VARCHAR'}}, nullstr = '')
    WHERE sequence < {position}
    GROUP BY ALL
"""
LISTED = """
    SELECT company_code, account, debit, credit, opening + debit - credit = balance AS adds_up
    FROM read_csv('{balances}', types = {{'company_code': 'VARCHAR', 'account': 'VARCHAR',
                  'opening': 'DECIMAL(18, 2)', 'debit': 'DECIMAL(18, 2)', 'credit': 'DECIMAL(18, 2)',
                  'balance': 'DECIMAL(18, 2)'}})
"""
DIFFERENT = """
    SELECT count(*) FROM ({listed}) AS listed FULL JOIN ({sums}) AS summed USING (company_code, account)
    WHERE coalesce(listed.debit, 0) <> coalesce(summed.debit, 0)
       OR coalesce(listed.credit, 0) <> coalesce(summed.credit, 0)
       OR NOT coalesce(listed.adds_up, true)
"""
TRIAL = "SELECT coalesce(sum(debit) - sum(credit), 0) FROM ({listed}) AS listed"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A real server with the default configuration."""
    running = gunicorn()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def export(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every line of the default configuration as a CSV file."""
    path = tmp_path_factory.mktemp("export") / "entries.csv"
    _save(server, "entries", path)
    return path


def _save(server: Server, call: str, path: Path, **query: str | int) -> None:
    wanted = {"format": "csv", **query}
    with requests.get(f"{server.base_url}/api/{call}", params=wanted, timeout=TIMEOUT, stream=True) as answer:
        answer.raise_for_status()
        with path.open("wb") as file:
            for piece in answer.iter_content(1 << 20):
                file.write(piece)


@pytest.mark.server
@pytest.mark.parametrize("position", POSITIONS)
def test_trial_balance_is_what_an_export_sums_to(
    server: Server, export: Path, tmp_path: Path, position: int
) -> None:
    """Turnovers of every account equal DuckDB's sums over the lines before the position, to the cent."""
    balances = tmp_path / "balances.csv"
    _save(server, "balances", balances, at=position)
    sums = SUMS.format(export=export, position=position)
    listed = LISTED.format(balances=balances)
    different = _first(DIFFERENT.format(sums=sums, listed=listed))

    assert different == 0
    assert _first(TRIAL.format(listed=listed)) == 0


def _first(query: str) -> object:
    """Return the only value of a query's answer."""
    with duckdb.connect() as connection:
        ((value,),) = connection.execute(query).fetchall()
    return value
