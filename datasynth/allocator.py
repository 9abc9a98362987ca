"""When freed memory goes back to the system, where the C library allows to choose.

Blocks come and go by the megabyte.  Left alone, glibc maps each of them anew and
gives it back at once, so that the kernel clears every page of every block: with
large records that took as long as to compute and encode them.  Servers and long
outputs have freed memory kept for the next block; a server gives it back when
memory is low.
"""

from __future__ import annotations

import ctypes
import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_KEPT = 32 * 1024 * 1024
"""Larger allocations are mapped each by itself; glibc takes no higher limit. [bytes]"""

MOST_KEPT = 1024 * 1024 * 1024
"""Free memory at the end of a heap that is kept: all of it, in practice. [bytes]"""

_TRIM_THRESHOLD = -1
_MMAP_THRESHOLD = -3


def keep_freed_memory() -> None:
    """Keep what is freed for what is needed next, in the whole process; only glibc listens."""
    if platform.libc_ver()[0] != "glibc":
        return
    option = getattr(ctypes.CDLL(None), "mallopt", None)
    if option is not None:
        option.argtypes = [ctypes.c_int, ctypes.c_int]
        option(_MMAP_THRESHOLD, LARGEST_KEPT)
        option(_TRIM_THRESHOLD, MOST_KEPT)


def release_function() -> Callable[[], None]:
    """Return a function that gives freed memory back; it does nothing where there is no glibc."""
    if platform.libc_ver()[0] != "glibc":
        return _nothing
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is None:
        return _nothing
    trim.argtypes = [ctypes.c_size_t]

    def release() -> None:
        trim(0)

    return release


def _nothing() -> None:
    return
