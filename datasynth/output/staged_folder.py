"""Files of a folder that appear when all of them are whole, or not at all.

They are written under temporary names, and renamed at the end.  The folder is
locked meanwhile, by its own descriptor: the kernel releases that lock however
the process ends, and there is no lock file.  Names are looked up in that
descriptor and never through a link, so that files land in this folder, whatever
else happens to the path meanwhile.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import secrets
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, BinaryIO, Self

from datasynth.signals import signals_deferred

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType

PARTIAL = ".partial"
"""End of a temporary name; before it stands a random number of the run."""

_LEFT_OVER = re.compile(rf".+\.[0-9a-f]{{16}}{re.escape(PARTIAL)}")
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class StagedFolder:
    """A folder whose new files get their names when its context is left without an error; else they go.

    Entering the context raises OSError if the folder cannot be made, is none,
    is not empty, or is being written by somebody else.

    Parameters
    ----------
    folder
        Made if it is not there, with those above it, and removed again if nothing comes of it.
    force
        Whether it may hold files already; those of the same names are replaced.
    """

    def __init__(self, folder: Path, *, force: bool = False) -> None:
        self._folder = folder
        self._force = force
        self._made: list[Path] = []
        self._descriptor = -1
        self._partial: dict[str, str] = {}

    @contextmanager
    def file(self, name: str) -> Iterator[BinaryIO]:
        """Open a new file of this name to be written; as a context it is a `Sink`.

        A name may have folders before it, with slashes; they are made at the end.
        """
        self._refuse_folder(name)
        partial = self._partial[name] = f"{name.replace('/', '-')}.{secrets.token_hex(8)}{PARTIAL}"
        try:
            with os.fdopen(os.open(partial, _NEW_FILE, 0o666, dir_fd=self._descriptor), "wb") as out:
                yield out
        except OSError as error:
            # A full disk names no file, and the temporary name says nothing to the user.
            if error.filename in {None, partial}:
                error.filename = str(self._folder / name)
            raise

    def __enter__(self) -> Self:
        with signals_deferred(deliver=True):
            self._lock()
            try:
                self._refuse_or_sweep()
            except BaseException:
                self._discard()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with signals_deferred(deliver=False):
            try:
                if kind is None:
                    self._publish()
            finally:
                self._discard()

    def _lock(self) -> None:
        """Make the folder if need be, and have it alone."""
        while True:
            made = _make(self._folder)
            descriptor = os.open(self._folder, _FOLDER)
            try:
                _lock(descriptor, self._folder)
                # Whoever had the lock before may have removed the folder meanwhile.
                there = _same(descriptor, self._folder)
            except BaseException:
                os.close(descriptor)
                raise
            if there:
                self._descriptor, self._made = descriptor, made
                return
            os.close(descriptor)

    def _refuse_or_sweep(self) -> None:
        """Refuse a folder with files, unless they are what a run that was killed has left."""
        with os.scandir(self._descriptor) as found:
            names = [entry.name for entry in found]
        left_over = [
            name for name in names if _LEFT_OVER.fullmatch(name) and self._kind(name) == stat.S_IFREG
        ]
        if len(names) > len(left_over) and not self._force:
            raise FileExistsError(
                errno.ENOTEMPTY,
                "The folder is not empty; use --force to write into it",
                str(self._folder),
            )
        for name in left_over:
            os.unlink(name, dir_fd=self._descriptor)

    def _refuse_folder(self, name: str) -> None:
        """Refuse to begin with what could not be put into its place at the end."""
        if self._kind(name) == stat.S_IFDIR:
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self._folder / name))

    def _kind(self, name: str) -> int | None:
        """What stands under a name in the folder, itself and not what it leads to; None for nothing."""
        try:
            return stat.S_IFMT(os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mode)
        except FileNotFoundError:
            return None

    def _publish(self) -> None:
        here = self._descriptor
        for name in list(self._partial):
            *folders, _ = name.split("/")
            for depth in range(1, len(folders) + 1):
                self._make_inside("/".join(folders[:depth]))
            os.replace(self._partial[name], name, src_dir_fd=here, dst_dir_fd=here)
            del self._partial[name]
        self._made.clear()

    def _make_inside(self, name: str) -> None:
        """Make a folder inside the folder, unless it is there; what is no folder there is an error."""
        try:
            os.mkdir(name, dir_fd=self._descriptor)
        except FileExistsError:
            if self._kind(name) != stat.S_IFDIR:
                path = str(self._folder / name)
                raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), path) from None

    def _discard(self) -> None:
        """Remove what is still under its temporary name, and the folders that were made for it, if empty."""
        for partial in self._partial.values():
            with suppress(FileNotFoundError):
                os.unlink(partial, dir_fd=self._descriptor)
        _remove(self._made)
        # Last of all, since it lets the next run in.
        os.close(self._descriptor)


def _make(folder: Path) -> list[Path]:
    """Make a folder and what is missing above it; return what was made, the innermost first."""
    made: list[Path] = []
    try:
        for path in reversed([folder, *folder.parents]):
            with suppress(FileExistsError):
                if not path.exists():
                    path.mkdir()
                    made.insert(0, path)
    except OSError:
        _remove(made)
        raise
    return made


def _remove(folders: list[Path]) -> None:
    """Remove folders, the innermost first, as far as they are empty."""
    with suppress(OSError):
        for folder in folders:
            folder.rmdir()


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise BlockingIOError(errno.EAGAIN, "Another run is writing into this folder", str(folder)) from None
    except OSError:
        # Network file systems lock no folders; there, names of their own keep two runs apart.
        return


def _same(descriptor: int, folder: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), folder.stat())
    except FileNotFoundError:
        return False
