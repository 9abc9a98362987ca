"""A download into a file, which has its name when it is whole."""

from __future__ import annotations

import secrets
from contextlib import suppress
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from types import TracebackType

    from datasynth.client.filters import Wanted

PARTIAL = ".partial"
"""End of the name that a file has until it is whole."""


class FileDownload:
    """The file of a range; a context, at whose end it is renamed, or removed after an error.

    After a lost connection it goes on at the byte where it stopped, if the server gives
    parts of these very bytes; else it begins anew.

    Parameters
    ----------
    path
        Of the file; one that is there is replaced.
    asked
        What is wanted.
    """

    def __init__(self, path: Path, asked: Wanted) -> None:
        self._path = path
        self._partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PARTIAL}")
        self._asked = asked
        self._tag = ""
        self._furthest = 0
        self.advanced = False
        """Whether what was written last is more than there ever was."""

    def __enter__(self) -> Self:
        self._file = self._partial.open("xb")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.close()
            if kind is None:
                self._partial.replace(self._path)
        finally:
            with suppress(FileNotFoundError):
                self._partial.unlink()

    def query(self) -> dict[str, str]:
        """Return the query of each request."""
        return self._asked.query()

    def headers(self) -> dict[str, str]:
        """Return the headers of the next request."""
        done = self._file.tell()
        return {"Range": f"bytes={done}-", "If-Range": self._tag} if done and self._tag else {}

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Look at the head of an answer: whether it goes on or begins anew."""
        if status != HTTPStatus.PARTIAL_CONTENT:
            self._file.seek(0)
            self._file.truncate()
        self._tag = headers.get("ETag", "") if headers.get("Accept-Ranges") == "bytes" else ""

    def write(self, data: bytes) -> None:
        """Write what has arrived."""
        self._file.write(data)
        self.advanced = self._file.tell() > self._furthest
        self._furthest = max(self._furthest, self._file.tell())
