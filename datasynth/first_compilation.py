"""Compiles the kernels ahead of their first use, in as many processes as there are processors.

numba compiles under a lock, so threads do not help.  Processes do, once it is known
which kernels are called with which types.  That is found out by running everything
uncompiled, which takes a tenth of the time of compiling it: the first process does so
and hands each call on as soon as it meets it.  Whatever it misses is compiled at its first use.
"""

from __future__ import annotations

import base64
import gc
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import wraps
from importlib import import_module
from multiprocessing import get_context
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple

import numba
import numpy as np
from numba.core.dispatcher import Dispatcher

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

PACKAGE = "datasynth."
KERNELS = ".kernels."
"""What the names of modules with kernels have in their middle."""


class KernelCall(NamedTuple):
    """A kernel, and the types of arguments that Python calls it with."""

    module: str
    name: str
    types: tuple[Any, ...]


def compile_ahead(program: str, processes: int) -> int:
    """Compile the kernels that a program calls, and keep them; return for how many calls.

    Parameters
    ----------
    program
        Module that runs as ``python -m program`` and hands its calls to `tell_calls`.
    processes
        How many compile at a time.
    """
    uncompiled = subprocess.Popen(  # noqa: S603  # this interpreter with a module of ours
        [sys.executable, "-W", "ignore", "-m", program],
        env={**os.environ, "NUMBA_DISABLE_JIT": "1"},
        stdout=subprocess.PIPE,
    )
    # A fork of a process with threads of libraries may never get a lock that one of them held.
    with uncompiled, ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        compilations = [pool.submit(_compile, line) for line in uncompiled.stdout or ()]
        for compilation in compilations:
            compilation.result()
    return len(compilations)


def tell_calls(run: Callable[[], object]) -> None:
    """Run something and write each call of a kernel, once for its types, to standard output.

    Kernels have to be uncompiled, by ``NUMBA_DISABLE_JIT=1``.
    """
    told: set[KernelCall] = set()

    def tell(call: KernelCall) -> None:
        if call not in told:
            told.add(call)
            sys.stdout.write(base64.b64encode(pickle.dumps(call)).decode() + "\n")
            sys.stdout.flush()

    for module, name, function in list(_called_from_python()):
        setattr(module, name, _telling(function, tell))
    # Numbers that are mixed overflow on purpose.
    with np.errstate(all="ignore"):
        run()


def _called_from_python() -> Iterator[tuple[ModuleType, str, Callable[..., object]]]:
    """Names by which modules that hold no kernels know one."""
    for path, module in list(sys.modules.items()):
        if path.startswith(PACKAGE) and KERNELS not in f"{path}.":
            for name, value in list(vars(module).items()):
                if isinstance(value, FunctionType) and KERNELS in f"{value.__module__}.":
                    yield module, name, value


def _telling(function: Callable[..., object], tell: Callable[[KernelCall], None]) -> Callable[..., object]:
    @wraps(function)
    def called(*arguments: object) -> object:
        types = tuple(numba.typeof(argument) for argument in arguments)  # type: ignore[no-untyped-call]
        tell(KernelCall(function.__module__, function.__name__, types))
        return function(*arguments)

    return called


def _compile(line: bytes) -> None:
    # Nothing of what is there goes away, and numba's trees are large: looking for garbage is a twentieth.
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
    call: KernelCall = pickle.loads(base64.b64decode(line))  # noqa: S301  # from our own process
    kernel: Any = getattr(import_module(call.module), call.name)
    if isinstance(kernel, Dispatcher):
        kernel.compile(call.types)
