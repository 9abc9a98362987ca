"""Arrow tables as other libraries have them."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module
from typing import NoReturn

import duckdb
import pyarrow as pa
import pytest

from datasynth.client import data_frames
from datasynth.client.data_frames import library, to_duckdb, to_pandas, to_polars

TABLE = pa.table(
    {
        "account": pa.array(["0100", "2000", "0100"]).dictionary_encode(),
        "debit": pa.array([Decimal("1.2500"), Decimal("0.0000"), Decimal(3)], pa.decimal128(23, 4)),
        "text": pa.array(["a", None, "c"]),
    }
)


def test_pandas() -> None:
    """Decimals stay exact, nothing stays nothing, codes are categories of text."""
    frame = to_pandas(TABLE)

    assert ["category", "decimal128(23, 4)[pyarrow]", "string[pyarrow]"] == list(map(str, frame.dtypes))
    assert {"0100": Decimal("4.2500"), "2000": Decimal("0.0000")} == frame.groupby(
        "account"
    ).debit.sum().to_dict()


def test_polars() -> None:
    """Likewise."""
    frame = to_polars(TABLE)

    assert [("0100", Decimal("1.2500"), "a"), ("2000", Decimal("0.0000"), None)] == frame.rows()[:2]
    assert Decimal("4.2500") == frame["debit"].sum()


def test_duckdb() -> None:
    """A relation of the connection that was given, else of the default one."""
    with duckdb.connect() as connection:
        relation = to_duckdb(TABLE, connection)
        assert [(Decimal("4.2500"),)] == relation.sum("debit").fetchall()
    assert (3, 3) == to_duckdb(TABLE, None).shape


def test_a_library_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says how to get it."""

    def missing(name: str) -> NoReturn:
        raise ModuleNotFoundError(name=name)

    monkeypatch.setattr(data_frames, "import_module", missing)

    with pytest.raises(ImportError, match=r"^This call needs polars: pip install polars$"):
        to_polars(TABLE)


def test_a_library_that_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it misses itself is not taken for the library."""

    def broken(_: str) -> NoReturn:
        import_module("no_such_part")
        raise AssertionError

    monkeypatch.setattr(data_frames, "import_module", broken)

    with pytest.raises(ModuleNotFoundError, match="no_such_part"):
        library("polars")
