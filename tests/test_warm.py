"""Warming up."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

import pytest

from datasynth.warm import warm_up
from tests.server import ROOT

PROGRAM = """
import base64, pickle, sys
from importlib import import_module
from numba.core.dispatcher import Dispatcher
from datasynth.warm import warm_up

def versions():
    modules = [module for name, module in sys.modules.items() if ".kernels" in name]
    found = {one for module in modules for one in vars(module).values() if isinstance(one, Dispatcher)}
    return {f"{one.__module__}.{one.__name__}": len(one.signatures) for one in found}

for line in sys.stdin.buffer:
    call = pickle.loads(base64.b64decode(line))
    kernel = getattr(import_module(call.module), call.name)
    if isinstance(kernel, Dispatcher):
        kernel.compile(call.types)
before = versions()
warm_up()
print(len(before), [name for name, count in versions().items() if count > before.get(name, 0)])
"""


def _compiled(program: list[str], told: bytes = b"", **environment: str) -> bytes:
    inherited = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
    return subprocess.run(
        [sys.executable, "-W", "ignore", *program],
        cwd=ROOT,
        env={**inherited, **environment},
        input=told,
        capture_output=True,
        check=True,
    ).stdout


def test_what_is_loaded_is_not_looked_through_again() -> None:
    """The garbage collector leaves alone what was there by the time that everything is ready."""
    gc.unfreeze()
    warm_up()
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert frozen > 10_000


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_what_is_compiled_ahead_is_what_is_called() -> None:
    """A run without compiled kernels tells each call that warming up makes, and its types."""
    told = _compiled(["-m", "datasynth.warm"], NUMBA_DISABLE_JIT="1")
    kernels, _, grown = _compiled(["-c", PROGRAM], told).decode().partition(" ")

    assert ("[]\n", True) == (grown, int(kernels) > 100)
