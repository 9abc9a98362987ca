"""Reads the tables of this folder."""

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
    """Return what a TOML file of this folder says, by its path without the ending; nobody changes it."""
    return tomllib.loads(resources.files(__package__).joinpath(f"{name}.toml").read_text("utf-8"))


def likened(table: Table, known: Mapping[str, Table]) -> Table:
    """Return a table, and what it does not say itself from the one that it is ``like``."""
    said = {key: value for key, value in table.items() if key != "like"}
    return {**known[table["like"]], **said} if "like" in table else said
