"""How the small functions are declared of which kernels are made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")

OPTIONS: dict[str, Any] = {
    "nogil": True,
    "error_model": "numpy",
    "forceinline": True,
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}


def inlined(function: Function) -> Function:
    """Make the function a part of each kernel that calls it; Python cannot call it compiled.

    An array travels as seven arguments, so a call would cost more than most of
    these functions do, and left to itself the compiler makes some.  Nothing is
    cached, since each cached kernel contains them already.
    """
    compiled = numba.njit(**OPTIONS)(function)
    return cast("Function", compiled)
