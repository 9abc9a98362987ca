"""A data set in a folder, as `datasynth generate` writes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config.files import load_config_file
from datasynth.errors import InvalidRequest
from datasynth.evaluation.readers.reference import read_csv
from datasynth.evaluation.readers.source import Unreadable, whole_lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa

    from datasynth.config.model import Config

ENTRIES = "entries.ndjson"
CONFIG = "config.yaml"


class Folder:
    """Files named for their calls.

    Raises
    ------
    Unreadable
        There is no such folder, or no entries in it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        if not path.is_dir():
            raise Unreadable(f"{path}: there is no such folder")
        if not (path / ENTRIES).is_file():
            raise Unreadable(f"{path}: there is no {ENTRIES} in this folder")

    def config(self) -> Config:
        """Read the configuration that was written beside the data."""
        try:
            return load_config_file(self._path / CONFIG).config
        except InvalidRequest as error:
            raise Unreadable(error.message) from error

    def ndjson(self) -> Iterator[bytes]:
        """Yield the documents as NDJSON, cut where lines end."""
        try:
            with (self._path / ENTRIES).open("rb", buffering=0) as file:
                yield from whole_lines(lambda size: file.read(size) or b"")
        except OSError as error:
            raise Unreadable(f"{self._path / ENTRIES}: {error.strerror}") from error

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
