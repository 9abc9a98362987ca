"""The published page as data: its commands, samples and clients, as printed.

Nothing is put in place of anything but the two port numbers, and `https` where the way to the server has TLS.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.contract.ways_in import WayIn
    from tests.server import Server

FOLDER = Path(__file__).parent / "page"
COMMANDS: dict[str, str] = json.loads((FOLDER / "commands.json").read_text())
SAMPLES: dict[str, dict[str, Any]] = json.loads((FOLDER / "samples.json").read_text())


def text(name: str) -> str:
    """One of the page's programs, as printed."""
    return (FOLDER / name).read_text()


def on(server: Server | WayIn, printed: str) -> str:
    """The same text with the addresses of a running server.

    Parameters
    ----------
    server
        Where it is to run.
    printed
        A command or program of the page.
    """
    addresses = {
        "http://localhost:3000": server.base_url,
        "ws://localhost:3000": server.ws_url,
        "localhost:3000": f"localhost:{server.port}",
        "localhost:50051": server.grpc_target,
    }
    for address, actual in addresses.items():
        printed = printed.replace(address, actual)
    return printed


def differences(sample: object, actual: object, path: str = "$") -> list[str]:
    """Where an answer lacks a key of the sample, or has another type there; more keys are welcome.

    Parameters
    ----------
    sample
        As printed on the page.
    actual
        As the server answered.
    path
        Where in the answer this is.
    """
    if type(sample) is not type(actual):
        return [f"{path}: {type(sample).__name__} printed, {type(actual).__name__} answered"]
    if not isinstance(sample, dict) or not isinstance(actual, dict):
        return []
    found = [f"{path}.{key}: missing" for key in sample if key not in actual]
    for key in sample.keys() & actual.keys():
        found += differences(sample[key], actual[key], f"{path}.{key}")
    return found
