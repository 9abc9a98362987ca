"""What the client imports, and when."""

from __future__ import annotations

import subprocess
import sys

import pytest

from datasynth import client
from tests.server import ROOT

ABSENT = """
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name == {library!r}:
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Absent())
from datasynth.client import Client
"""

HEAVY = {"flask", "gevent", "grpc", "gunicorn", "numba", "numpy", "pandas", "pyarrow"}
ENGINE = {"datasynth.generation", "datasynth.encoding", "datasynth.ledger", "datasynth.service"}


def loaded(program: str) -> set[str]:
    """Modules that a program has loaded at its end."""
    done = subprocess.run(
        [sys.executable, "-c", f"{program}; import sys; print(*sorted(sys.modules), sep='\\n')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "program",
    [
        "import datasynth.client",
        "from datasynth.client import AsyncClient, Client; Client(); AsyncClient()",
        "from datasynth.client import Client; Client().entries()",
    ],
)
def test_nothing_heavy_is_imported(program: str) -> None:
    """A client has no engine, no server and no tables until it is asked for one."""
    assert set() == loaded(program) & (HEAVY | ENGINE)


@pytest.mark.parametrize(("method", "module"), [("table", "pyarrow"), ("grpc_entries", "grpc")])
def test_libraries_come_with_their_first_use(method: str, module: str) -> None:
    """A table brings pyarrow, gRPC with its first call, and still no engine."""
    program = (
        "from contextlib import suppress; from datasynth.client import *\n"
        f"with suppress(ClientError): list(Client('http://127.0.0.1:1', grpc_url='127.0.0.1:1').{method}())\n"
        "pass"
    )
    found = loaded(program)

    assert module in found
    assert set() == found & (ENGINE | {"numba", "flask", "gevent"})


@pytest.mark.parametrize("library", ["httpx", "websockets"])
def test_without_the_extra(library: str) -> None:
    """One sentence says how to get what is missing."""
    program = ABSENT.format(library=library)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    last = done.stderr.strip().splitlines()[-1]
    assert f"ImportError: datasynth.client needs {library}: pip install 'datasynth[client]'" == last


def test_public_names() -> None:
    """The door has what it says, and nothing else."""
    assert all(hasattr(client, name) for name in client.__all__)
    assert set(client.__all__) <= set(dir(client))
    with pytest.raises(AttributeError, match="has no attribute 'Server'"):
        client.Server  # noqa: B018 - it is not there
