"""Single files that appear when they are whole, or not at all, whatever else is in their folder."""

from __future__ import annotations

import errno
import os
import secrets
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO

from datasynth.output.staged_folder import PARTIAL
from datasynth.signals import signals_deferred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType


class StagedFile:
    """A new file that gets its name when its context is left without an error; a `Sink`.

    Entering the context raises OSError if folder not found, or if the file is there already.

    Parameters
    ----------
    path
        Of the file.
    force
        Whether it may be there, and is replaced.
    """

    def __init__(self, path: Path, *, force: bool = False) -> None:
        self._path = path
        self._force = force
        self._partial = path.with_name(f"{path.name}.{secrets.token_hex(8)}{PARTIAL}")

    def __enter__(self) -> BinaryIO:
        if self._path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self._path))
        if not self._force and self._path.exists():
            raise FileExistsError(
                errno.EEXIST, "The file already exists; use --force to overwrite it", str(self._path)
            )
        with self._named():
            self._file = self._partial.open("xb")
        return self._file

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with signals_deferred(deliver=False):
            try:
                with self._named():
                    self._file.close()
                    if kind is None:
                        self._partial.replace(self._path)
            finally:
                with suppress(FileNotFoundError):
                    self._partial.unlink()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Errors name the file that the user has asked for."""
        try:
            yield
        except OSError as error:
            error.filename = str(self._path)
            raise


class SharedFolder:
    """A folder that several programs write files into at once, each file under a name of its own.

    Parameters
    ----------
    folder
        Made if it is not there.
    force
        Whether files of the same names are replaced.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._force = force

    def file(self, name: str) -> StagedFile:
        """Return a new file of this name, to be opened as a context."""
        return StagedFile(self._folder / name, force=self._force)
