"""The files in which compiled kernels are kept: one for each kernel and its types of arguments.

numba's own cache has an index for each kernel and numbers the files of its versions.
Two processes that compile two versions at once then choose the same number, and the
one reads what the other has compiled; half a file can be read, too.  Here the name
of a file follows from what is in it, so there is no index to race for.  A file says
how its bytes have to sum up, so that nothing is run but what was written in whole.
"""

from __future__ import annotations

import hashlib
import pickle
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from numba.core.serialize import dumps

if TYPE_CHECKING:
    from pathlib import Path

DIGEST_BYTES = 32

SUFFIX = ".kernel"
"""Ending of the name of each file."""


class KernelFiles:
    """Files of one kernel.

    Parameters
    ----------
    folder
        Where they lie; it need not exist as long as nothing is kept.
    name
        How their names begin.
    stamp
        Whatever changes with the kernel's source.
    """

    def __init__(self, folder: Path, name: str, stamp: object) -> None:
        self._folder = folder
        self._name = name
        self._stamp = repr(stamp)

    def load(self, key: tuple[object, ...]) -> Any:
        """Return what was saved under `key`, or None if that is not there in whole.

        Raises
        ------
        OSError
            The file is there and cannot be read.
        """
        try:
            content = self._path(key).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        digest, rest = content[:DIGEST_BYTES], content[DIGEST_BYTES:]
        if digest != hashlib.sha256(rest).digest():
            return None
        kept, data = pickle.loads(rest)  # noqa: S301  # our own file, in the user's own folder
        # Types of two modules may have one name.
        return data if kept == key else None

    def save(self, key: tuple[object, ...], data: object) -> None:
        """Keep `data` under `key`, in whole or not at all.

        Raises
        ------
        OSError
            It cannot be kept.
        """
        # numba's pickles know types that are made while a program runs.
        content: bytes = dumps((key, data))  # type: ignore[no-untyped-call]
        path = self._path(key)
        # Not of `tempfile`, whose files nobody else may read: an image's server has a user of its own.
        new = path.with_suffix(f".{uuid4().hex}.new")
        try:
            new.write_bytes(hashlib.sha256(content).digest() + content)
            # Others see the old file or the new one, never half of it.
            new.replace(path)
        except BaseException:
            with suppress(OSError):
                new.unlink()
            raise

    def _path(self, key: tuple[object, ...]) -> Path:
        digest = hashlib.sha256(f"{self._stamp}\n{key!r}".encode()).hexdigest()
        return self._folder / f"{self._name}.{digest[:16]}{SUFFIX}"
