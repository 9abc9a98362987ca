"""A data set in a folder, as `datasynth generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config.files import load_config_file
from datasynth.errors import InvalidRequest
from datasynth.evaluation.readers.entry_files import FILE_NAMES, read_entries
from datasynth.evaluation.readers.reference import read_csv
from datasynth.evaluation.readers.source import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from datasynth.config.model import Config

CONFIG = "config.yaml"


class Folder:
    """Files named for their calls.

    Raises
    ------
    Unreadable
        There is no such folder, or not one file of entries in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.is_dir():
            raise Unreadable(f"{path}: folder not found")
        found = [path / name for name in FILE_NAMES if (path / name).is_file()]
        if not found:
            raise Unreadable(f"{path}: this folder has no file of entries: {', '.join(FILE_NAMES)}")
        if len(found) > 1:
            names = ", ".join(one.name for one in found)
            raise Unreadable(f"{path}: this folder has several files of entries: {names}")
        self._entries = found[0]

    def config(self) -> Config:
        """Read the configuration that was written beside the data."""
        try:
            return load_config_file(self._path / CONFIG).config
        except InvalidRequest as error:
            raise Unreadable(error.message) from error

    def entries(self) -> Iterator[bytes | pa.Table]:
        """Yield whole entries, in the order of the file."""
        return read_entries(self._entries)

    def table(self, name: str) -> pa.Table:
        """Return accounts, parties or users."""
        return self._csv(name, f"{name}.csv")

    def balances(self, entries: int) -> pa.Table:  # noqa: ARG002  # the file holds those at the end
        """Return the balances at the end."""
        return self._csv("balances", "balances.csv")

    def open_items(self, entries: int) -> pa.Table:
        """Return the open items at the start or at the end."""
        return self._csv("open-items", "open-items.csv" if entries else "open-items-opening.csv")

    def _csv(self, name: str, file: str) -> pa.Table:
        path = self._path / file
        try:
            return read_csv(name, path.read_bytes())
        except OSError as error:
            raise Unreadable(f"{path}: {error.strerror}") from error
        except Unreadable as error:
            raise Unreadable(f"{path}: {error}") from error
