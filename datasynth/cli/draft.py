"""Files of a folder that appear when all of them are whole, or not at all."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

PARTIAL = ".partial"
"""What the name of a file ends in until all are whole."""


class Draft:
    """A folder with files under temporary names, which leaving the context without an error puts right.

    Parameters
    ----------
    folder
        Made if it is not there, and removed again if nothing comes of it.
    force
        Whether it may hold files already; those of the same names are replaced.

    Raises
    ------
    OSError
        The folder cannot be made, is none, or is not empty.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self._folder = folder
        self._made = not folder.exists()
        self._names: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)
        if not force and any(folder.iterdir()):
            raise FileExistsError(
                errno.ENOTEMPTY, "The folder is not empty; --force writes into it all the same", str(folder)
            )

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file of this name to be written."""
        self._names.append(name)
        with self._partial(name).open("wb") as out:
            yield out

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._publish()
        finally:
            self._discard()

    def _publish(self) -> None:
        for name in self._names:
            self._partial(name).replace(self._folder / name)

    def _discard(self) -> None:
        """Remove what is still under its temporary name, and the folder if it was ours and is empty."""
        for name in self._names:
            self._partial(name).unlink(missing_ok=True)
        if self._made and not any(self._folder.iterdir()):
            self._folder.rmdir()

    def _partial(self, name: str) -> Path:
        return self._folder / f"{name}{PARTIAL}"
