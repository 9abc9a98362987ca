"""The one place that declares compiled kernels, and where numba keeps them.

numba notices a change only in the file of a kernel itself, not in a function
that the kernel calls from another file.  Kernels therefore call only functions
that live in folders named ``kernels``, and the cache lives in a folder named by
a hash of all of those, of numba's version and of the processor.  This module
sets it before any kernel is declared.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import numba
from llvmlite import binding
from numba.core import config as numba_settings

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., object]")


def cache_folder(package: Path, home: Path, processor: str) -> Path:
    """Folder of the compiled kernels of exactly these sources on this processor.

    Parameters
    ----------
    package
        Folder of the sources.
    home
        The user's cache folder.
    processor
        Name and features of the processor that the code is compiled for.
    """
    digest = hashlib.sha256(f"{numba.__version__}\n{processor}\n".encode())
    for source in sorted([*package.rglob("kernels/*.py"), package / "kernel.py"]):
        digest.update(str(source.relative_to(package)).encode())
        digest.update(source.read_bytes())
    return home / "datasynth" / "kernels" / digest.hexdigest()[:16]


def _processor() -> str:
    features = binding.get_host_cpu_features().flatten()
    return os.environ.get("NUMBA_CPU_NAME") or f"{binding.get_host_cpu_name()} {features}"


def _home() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


numba_settings.CACHE_DIR = str(cache_folder(Path(__file__).parent, _home(), _processor()))  # type: ignore[attr-defined]


def kernel(function: Function) -> Function:
    """Compile a plain loop over numpy arrays; it runs outside the interpreter lock.

    No ``fastmath``: the same bytes must come out on every processor.
    """
    compiled = numba.njit(nogil=True, cache=True, error_model="numpy")(function)
    return cast("Function", compiled)
