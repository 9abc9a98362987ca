"""Balanced synthetic journal entries, streamed over REST, WebSocket and gRPC.

The public interface is::

    from datasynth import Block, Config, Journal, create_app

Each name is imported at its first use: ``import datasynth`` starts no thread,
imports no gRPC and compiles nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from datasynth.version import __version__

if TYPE_CHECKING:
    from datasynth.bootstrap import create_app
    from datasynth.config.model import Config
    from datasynth.library import Block, Journal

__all__ = ["Block", "Config", "Journal", "__version__", "create_app"]

_HOMES = {
    "Block": "datasynth.library",
    "Config": "datasynth.config.model",
    "Journal": "datasynth.library",
    "create_app": "datasynth.bootstrap",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
