"""Reads the TOML tables of this folder."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Table = dict[str, Any]


@cache
def read_table(name: str) -> Table:
    """Return a table by its path without the ending; callers must not change it."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def likened(table: Table, known: Mapping[str, Table]) -> Table:
    """Return a table, completed from the one that it is ``like``."""
    own = {key: value for key, value in table.items() if key != "like"}
    return {**known[table["like"]], **own} if "like" in table else own
