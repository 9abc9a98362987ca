"""Giving freed memory back to the system, where the C library knows how."""

from __future__ import annotations

import ctypes
import platform
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


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
