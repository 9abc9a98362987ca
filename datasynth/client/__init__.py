"""The Python client: a server's REST, WebSocket, gRPC and Arrow downloads behind one object.

::

    from datasynth.client import Client

    with Client("http://localhost:3000") as client:
        frame = client.pandas(count=10_000)

Knows addresses, httpx, websockets and gRPC's stubs.  Must know nothing of how entries are
made: it starts without numba, numpy or the server's libraries, and imports pyarrow when a
table is asked for.  The public names are imported at their first use.

What can be said without a network is in modules that have none and that both kinds of client
use: `attempts`, `calls`, `record_reader`, `batch_reader` and `following`.  `connection` and
`async_connection` make one try each; `client` and `async_client` are the loops around them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datasynth.client.async_client import AsyncClient
    from datasynth.client.client import Client
    from datasynth.client.errors import ClientError

__all__ = ["AsyncClient", "Client", "ClientError"]

_HOMES = {
    "AsyncClient": "datasynth.client.async_client",
    "Client": "datasynth.client.client",
    "ClientError": "datasynth.client.errors",
}
_EXTRA = {"httpx", "websockets"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return getattr(import_module(_HOMES[name]), name)
    except ModuleNotFoundError as error:
        if error.name not in _EXTRA:
            raise
        message = f"datasynth.client needs {error.name}: pip install 'datasynth[client]'"
        raise ImportError(message, name=error.name) from error


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
