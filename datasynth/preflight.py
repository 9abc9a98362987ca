"""What is tried before a server starts, so that an operator's slip costs one line and no traceback."""

from __future__ import annotations

import logging
import resource
import ssl
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from datasynth import logs
from datasynth.config import load_config_file
from datasynth.errors import DatasynthError
from datasynth.origins import ANY
from datasynth.service.admission.key_file import open_to_others, server_keys
from datasynth.settings import Settings, SettingsError, unknown_variables
from datasynth.transports.listeners import reachable_from_outside, resolve
from datasynth.transports.rpc.addresses import usable

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

BAD_START = 2
"""Exit status of a server that cannot start as it was told to."""

START_ERRORS = (SettingsError, DatasynthError, OSError)
"""What an operator can put right; anything else is a fault of ours and shows where it happened."""

OPEN_FILES = 65_536

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """Settings that have been tried.

    Attributes
    ----------
    settings
        As they were read.
    addresses
        IP addresses that this machine has, the most important first.
    port
        A free port for HTTP on all of them.
    """

    settings: Settings
    addresses: tuple[str, ...]
    port: int


def plan(settings: Settings) -> Plan:
    """Try everything that could keep a server from starting.

    Raises
    ------
    SettingsError, DatasynthError, OSError
        Something does not work; the message is for the operator.
    """
    if settings.config is not None:
        load_config_file(settings.config)
    if settings.tls_cert is not None and settings.tls_key is not None:
        _try_tls(settings)
    keys = server_keys(settings.api_keys, settings.api_key_file)
    wanted = resolve(settings.host)
    addresses, port = usable(wanted, settings.port, "HTTP")
    usable(addresses, settings.grpc_port)
    if settings.api_key_file is not None and open_to_others(settings.api_key_file):
        _log.warning(
            "Key file %s is open to others; it should be its owner's alone: chmod 600", settings.api_key_file
        )
    if reachable_from_outside(addresses) and not keys:
        _log.warning("Host %s can be reached from outside, and there is no --api-key", settings.host)
    if ANY in settings.allowed_origins and not keys:
        _log.warning(
            "--allowed-origin %s lets every web page drive this server, and there is no --api-key", ANY
        )
    for name in unknown_variables():
        _log.warning("%s is not a setting of this server", name)
    return Plan(settings, addresses, port)


def or_exit(make: Callable[[], T]) -> T:
    """Make something, or end the process with one line and status 2."""
    try:
        return make()
    except START_ERRORS as error:
        logs.write(logs.STDERR, f"datasynth: {sentence(error)}")
        sys.exit(BAD_START)


def sentence(error: Exception) -> str:
    """Say in one line what is wrong."""
    return " ".join((getattr(error, "strerror", None) or str(error)).split())


def allow_open_files() -> None:
    """Raise the limit of open files, of which each connection is one, as far as it may be raised."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def _try_tls(settings: Settings) -> None:
    def refuse() -> str:
        raise SettingsError(f"--tls-key: {settings.tls_key} is encrypted; decrypt it first")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(str(settings.tls_cert), str(settings.tls_key), refuse)
    except OSError as error:
        problem = f"cannot use certificate {settings.tls_cert} with key {settings.tls_key}"
        raise SettingsError(f"{problem}: {error.strerror or error}") from error
