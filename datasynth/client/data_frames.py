"""Tables of Arrow as pandas, Polars and DuckDB have them; each library is imported at its first use."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import polars as pl
    import pyarrow as pa


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Return a frame with Arrow's types: decimals stay exact, dates are dates, codes are categories."""
    pandas, arrow = library("pandas"), library("pyarrow")
    return table.to_pandas(types_mapper=partial(_pandas_type, pandas, arrow))


def to_polars(table: pa.Table) -> pl.DataFrame:
    """Return a frame of Polars."""
    frame: pl.DataFrame = library("polars").from_arrow(table)
    return frame


def to_duckdb(table: pa.Table, connection: duckdb.DuckDBPyConnection | None) -> duckdb.DuckDBPyRelation:
    """Return a relation of a connection; of DuckDB's default one if there is none."""
    duck = library("duckdb")
    relation: duckdb.DuckDBPyRelation = (connection or duck.default_connection()).from_arrow(table)
    return relation


def library(name: str) -> Any:
    """Return a library that is needed for this call alone.

    Raises
    ------
    ImportError
        It is not installed; the message says how it is.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise ImportError(f"This call needs {name}: pip install {name}", name=name) from error


def _pandas_type(pandas: Any, arrow: Any, arrow_type: pa.DataType) -> object:
    """Return pandas' type of an Arrow type; None for its own choice, a category."""
    return None if arrow.types.is_dictionary(arrow_type) else pandas.ArrowDtype(arrow_type)
