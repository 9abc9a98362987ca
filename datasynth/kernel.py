"""The one place that declares compiled kernels, and where numba keeps them.

numba notices a change only in the file of a kernel itself, not in a function
that the kernel calls from another file.  Kernels therefore call only functions
that live in folders named ``kernels``, and the cache lives in a folder named by
a hash of all of those, of numba's version and of the processor.  This module
sets it before any kernel is declared.  `kernel_files` says what its files are.

That folder is the only one.  Left to itself numba would take another where this
one cannot be written to (and not load what is in it), one whose name tells
nothing of the sources.  Here a folder that can only be read serves as it is, and
where nothing can be kept the kernels are compiled, and `watched` says so.
"""

from __future__ import annotations

import hashlib
import logging
import os
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import binding
from numba.core import config as numba_settings
from numba.core import event, types
from numba.core.caching import CompileResultCacheImpl, FunctionCache, UserProvidedCacheLocator

from datasynth.kernel_files import KernelFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Function = TypeVar("Function", bound="Callable[..., object]")

Records = np.recarray[Any, np.dtype[np.record]]
"""A structured array, which kernels read by index: ``series[at].rate``."""

COMPILING = "The kernels are being compiled. This takes about a minute."
UNKEPT = (
    "Compiled kernels cannot be kept in {folder} ({reason}), so each start compiles them again. "
    "Set XDG_CACHE_HOME to a folder that can be written to."
)


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
    declarations = [package / "kernel.py", package / "kernel_files.py"]
    for source in sorted([*package.rglob("kernels/**/*.py"), *declarations]):
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

    A kernel owns no array.  Its caller holds all that it is given, so it neither counts
    references, each of which is an atomic step, nor makes arrays; `allocating` does.
    """
    return _declared(function, _nrt=False)


def allocating(function: Function) -> Function:
    """Compile a kernel that makes arrays of its own; no other one may call it if it returns one."""
    return _declared(function, _nrt=True)


def inlined(function: Function) -> Function:
    """Compile a kernel that becomes a part of each kernel that calls it.

    An array travels as seven arguments and more, so a call costs more than a small function does.
    """
    return _declared(function, _nrt=False, forceinline=True)


def _declared(function: Function, **options: Any) -> Function:
    # Nobody calls a kernel from C, and the wrapper for that takes a while to compile, too.
    declare = partial(numba.njit, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)
    compiled: Any = declare()(function)
    # Where compilation is switched off the function is left as it is, and there is nothing to keep.
    if compiled is not function:
        # Most kernels are called by kernels alone.  Those calls need no wrapper that unpacks
        # Python's objects, and a quarter of the time to compile would go into such wrappers.
        called: Any = declare(no_cpython_wrapper=True)(function)
        compiled.get_call_template = _widening(called.get_call_template)
        compiled.get_overload = called.get_overload
        # numba's own `cache=True` does no more than this, with a cache of its own.
        compiled._cache = _Cache(function, "")  # noqa: SLF001
        called._cache = _Cache(function, ".called")  # noqa: SLF001
    return cast("Function", compiled)


def _widening(choose: Callable[..., Any]) -> Callable[..., Any]:
    """Let one version of a kernel serve other kernels that have narrow integers and constants for it.

    Without this a quarter of the time to compile goes into versions that differ in nothing else.
    """

    def chosen(arguments: Iterable[Any], named: dict[str, Any]) -> Any:
        return choose(
            tuple(_widened(one) for one in arguments), {name: _widened(one) for name, one in named.items()}
        )

    return chosen


def _widened(argument: Any) -> Any:
    plain = types.unliteral(argument)  # type: ignore[no-untyped-call]
    return types.int64 if plain in (types.int8, types.int16, types.int32) else plain


@contextmanager
def watched(tell: Callable[[int, str], object]) -> Iterator[None]:
    """Tell when kernels are compiled instead of loaded, and once if they cannot be kept.

    Parameters
    ----------
    tell
        Takes a level of `logging` and a sentence; called from whichever thread compiles.
    """
    compilation = _Compilation(tell)
    with event.install_listener("numba:compile", compilation):
        yield
    compilation.look_back()


class _Locator(UserProvidedCacheLocator):
    """Where a kernel is kept, whether or not anything can be written there."""

    def ensure_cache_path(self) -> None:
        with suppress(OSError):
            Path(self._cache_path).mkdir(parents=True, exist_ok=True)


class _CacheImpl(CompileResultCacheImpl):
    # numba declares this attribute, and not as a class variable.
    _locator_classes = [_Locator]  # noqa: RUF012


class _Cache(FunctionCache):
    """Keeps one kernel as well as it can be kept.

    Parameters
    ----------
    function
        The kernel's Python function.
    kind
        Ends the names of its files: a kernel is kept apart for calls from Python and from kernels.

    Attributes
    ----------
    unkept
        Why it could not be kept, if so.
    """

    _impl_class = _CacheImpl
    unkept: OSError | None = None

    def __init__(self, function: Any, kind: str) -> None:
        super().__init__(function)  # type: ignore[no-untyped-call]
        locator = self._impl.locator
        self._cache_file: Any = KernelFiles(
            Path(locator.get_cache_path()), self._impl.filename_base + kind, locator.get_source_stamp()
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        try:
            return super().load_overload(sig, target_context)  # type: ignore[no-untyped-call]
        except Exception:  # noqa: BLE001 - whatever a reader makes of what another program wrote there
            # That, or out of reach: as good as nothing, and written anew.
            return None

    def save_overload(self, sig: Any, data: Any) -> None:
        try:
            super().save_overload(sig, data)  # type: ignore[no-untyped-call]
        except OSError as error:
            self.unkept = error


class _Compilation(event.Listener):
    """Hears of each kernel that is compiled, of the next before the last one is kept."""

    def __init__(self, tell: Callable[[int, str], object]) -> None:
        self._tell = tell
        self._caches: list[object] = []
        self._told_begun = False
        self._told_unkept = False

    def on_start(self, event: Any) -> None:
        if not self._told_begun:
            self._told_begun = True
            self._tell(logging.INFO, COMPILING)
        self.look_back()
        self._caches.append(event.data["dispatcher"]._cache)  # noqa: SLF001

    def on_end(self, event: Any) -> None:
        pass

    def look_back(self) -> None:
        """Tell, once, whether one of those so far could not be kept."""
        reasons = [error for cache in self._caches if (error := getattr(cache, "unkept", None))]
        if reasons and not self._told_unkept:
            self._told_unkept = True
            folder, reason = numba_settings.CACHE_DIR, reasons[0].strerror  # type: ignore[attr-defined]
            self._tell(logging.WARNING, UNKEPT.format(folder=folder, reason=reason))
