"""The server as a program: settings become a running gunicorn, in the one arrangement that works.

``python app.py``, ``datasynth serve`` and ``gunicorn wsgi:app`` all come
through here and differ only in where they read the settings.  Whatever can be
wrong is found before the first process is forked, and costs one line and no
traceback.  Threads, gRPC and kernels start in the worker, because none of them
survives a fork.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import signal
import ssl
import sys
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

import datasynth
from datasynth import logs
from datasynth.allocator import keep_freed_memory
from datasynth.config import load_config_file
from datasynth.errors import DatasynthError
from datasynth.origins import ANY
from datasynth.service.admission.key_file import open_to_others, server_keys
from datasynth.settings import Settings, SettingsError, under_gunicorn, unknown_variables
from datasynth.transports.addresses import endpoint, reachable_from_outside, resolve, usable
from datasynth.transports.guard import EVENTS_PATH
from datasynth.transports.limits import CONNECTIONS, IDLE_SECONDS
from datasynth.transports.worker import DatasynthWorker, GunicornLog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

T = TypeVar("T")

BAD_START = 2
"""Exit status of a server that cannot start with its settings."""

START_ERRORS = (SettingsError, DatasynthError, OSError)
"""Errors that an operator can put right; any other is a fault of ours and shows its traceback."""

OPEN_FILES = 65_536
# The worker drains for five seconds at most; past this the arbiter kills it.
GRACE_SECONDS = 8
# How long the hub may be silent: far longer than any work on its thread, imports included.
HEARTBEAT_SECONDS = 120
# How soon a native thread gives the interpreter up when the hub wants it; a kernel does not hold it.
SWITCH_SECONDS = 0.0005
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # gunicorn makes its heartbeat file there with a name of its own

_log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Serve with the settings in `argv` until a signal comes; return the exit status.

    It is 0 after a signal, and 2 for settings that cannot work.
    """
    # An interrupt before the server takes its signals over ends the process, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    plan = _plan(partial(Settings.from_args, argv))
    # A terminal that closes ends its programs, except under `nohup`.
    hang_up_ends = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
    arbiter = os.getpid()
    try:
        _Server(plan, hang_up_ends=hang_up_ends).run()
    except SystemExit as end:
        # The worker comes by here too, with a status that its arbiter has to see.
        if os.getpid() == arbiter and end.code == Arbiter.WORKER_BOOT_ERROR:
            return BAD_START
        raise
    return 0


def gunicorn_options() -> dict[str, object]:
    """Return everything that ``gunicorn.conf.py`` has to say, from variables alone."""
    # Operators of gunicorn mean a reload by a hang-up; that would lose every stream, and an end even more.
    return _options(_plan(Settings.from_env), hang_up_ends=False)


def wsgi_app() -> Flask:
    """Build the application for a WSGI server, from variables alone."""
    settings = or_exit(Settings.from_env)
    logs.configure(settings.log_level, settings.log_format)
    if not under_gunicorn():
        return or_exit(partial(datasynth.create_app, settings))
    if not DatasynthWorker.in_charge():
        _log.error("start gunicorn in the folder of gunicorn.conf.py and without --preload")
        # The only status, besides that of a failed boot, that keeps the arbiter from trying for ever.
        sys.exit(Arbiter.APP_LOAD_ERROR)
    return _in_worker(lambda: datasynth.create_app(settings))


# Before the first fork.


@dataclass(frozen=True, slots=True)
class Plan:
    """Settings that have been tried, with the addresses and the port that HTTP can have."""

    settings: Settings
    addresses: tuple[str, ...]
    port: int


def try_settings(settings: Settings) -> Plan:
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
    addresses, port = usable(resolve(settings.host), settings.port, "HTTP")
    usable(addresses, settings.grpc_port)
    if settings.api_key_file is not None and open_to_others(settings.api_key_file):
        _log.warning(
            "Other users can read or write key file %s. Allow only its owner: chmod 600",
            settings.api_key_file,
        )
    if reachable_from_outside(addresses) and not keys:
        _log.warning("Host %s can be reached from other machines, and there is no --api-key", settings.host)
    if ANY in settings.allowed_origins and not keys:
        _log.warning(
            "--allowed-origin %s lets every web page control this server, and there is no --api-key", ANY
        )
    for name in unknown_variables():
        _log.warning("Unknown variable %s is ignored", name)
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


def _plan(read: Callable[[], Settings]) -> Plan:
    """Read and try the settings, or end with one line; from here on the log is ours."""
    logs.open_standard_files()
    settings = or_exit(read)
    logs.configure(settings.log_level, settings.log_format)
    # A library that prints a traceback there must not fail on a full disk.
    sys.stderr = logs.LogStream(logging.getLogger("stderr"))
    _allow_open_files()
    # gRPC's core writes to stderr in a form of its own, a line a second while descriptors are short.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    return or_exit(partial(try_settings, settings))


def _allow_open_files() -> None:
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


# gunicorn, in the arbiter.


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with our options and no command line of its own."""

    def __init__(self, plan: Plan, *, hang_up_ends: bool) -> None:
        self._settings = plan.settings
        self._options = _options(plan, hang_up_ends=hang_up_ends)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return _in_worker(lambda: datasynth.create_app(self._settings))


def _options(plan: Plan, *, hang_up_ends: bool) -> dict[str, object]:
    settings = plan.settings
    return {
        "bind": [endpoint(address, plan.port) for address in plan.addresses],
        "certfile": settings.tls_cert and str(settings.tls_cert),
        "control_socket_disable": True,
        # Nothing that a client says of itself is believed; by default this machine and Unix sockets are.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": IDLE_SECONDS,
        "keyfile": settings.tls_key and str(settings.tls_key),
        "logger_class": GunicornLog,
        "on_starting": partial(_on_starting, hang_up_ends),
        "post_worker_init": partial(_post_worker_init, settings),
        "secure_scheme_headers": {},
        "timeout": HEARTBEAT_SECONDS,
        "worker_class": DatasynthWorker,
        "worker_connections": CONNECTIONS,
        "worker_tmp_dir": SHARED_MEMORY if os.access(SHARED_MEMORY, os.W_OK) else None,
        "workers": 1,
    }


def _on_starting(hang_up_ends: bool, arbiter: Any) -> None:  # noqa: FBT001  # bound once, above
    """Refuse options that would override the one arrangement, before anything listens."""
    cfg = arbiter.cfg
    overrides = {
        "another worker class (-k)": cfg.worker_class is not DatasynthWorker,
        f"{cfg.workers} workers (-w)": cfg.workers != 1,
    }
    given = [name for name, overridden in overrides.items() if overridden]
    if given:
        if arbiter.pidfile is not None:
            arbiter.pidfile.unlink()
        _log.error(
            "gunicorn was given %s, but all streams need one process with datasynth's own worker",
            " and ".join(given),
        )
        sys.exit(BAD_START)
    for name in ("hup", "usr2", "ttin", "ttou"):
        setattr(arbiter, f"handle_{name}", partial(_ignore_signal, name.upper()))
    if hang_up_ends:
        arbiter.handle_hup = arbiter.handle_term


def _ignore_signal(name: str) -> None:
    _log.warning(
        "SIG%s is ignored: all streams are in one process, which cannot be replaced or duplicated", name
    )


# gunicorn, in the worker.


def _in_worker(make: Callable[[], T]) -> T:
    """Make something in a worker of gunicorn, or end worker and arbiter with one line."""
    try:
        return make()
    except START_ERRORS as error:
        _log.error("%s", sentence(error))
        sys.exit(Arbiter.WORKER_BOOT_ERROR)


def _post_worker_init(settings: Settings, worker: Any) -> None:
    """Start what must not be forked: threads, gRPC, kernels."""
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_freed_memory()
    # Imported here as the application is, in the worker: the arbiter needs neither numba nor gRPC.
    bootstrap: Any = import_module("datasynth.bootstrap")
    worker.native = native = _in_worker(partial(bootstrap.NativeSide, worker.wsgi))
    names = [listener.getsockname() for listener in worker.sockets]
    http = [name if isinstance(name, str) else endpoint(name[0], name[1]) for name in names]
    line = ready_line(http, native.grpc.addresses, settings.log_format, tls=settings.tls_cert is not None)
    native.when_ready(partial(logs.write, logs.STDOUT, line))


def ready_line(http: Sequence[str], grpc: Sequence[str], form: str, *, tls: bool) -> str:
    """Return the one line that a server prints when it is ready, with every address.

    Parameters
    ----------
    http, grpc
        ``127.0.0.1:3000``, ``[::1]:3000``, or the path of a Unix socket.
    form
        ``text``, or ``json`` for one object with the addresses as lists.
    tls
        Whether both speak TLS.
    """
    secure = "s" if tls else ""
    urls = [f"http{secure}://{address}" for address in http]
    events = [f"ws{secure}://{address}{EVENTS_PATH}" for address in http]
    message = (
        f"datasynth {datasynth.__version__} is ready: "
        f"HTTP {' '.join(urls)}, WebSocket {' '.join(events)}, gRPC {' '.join(grpc)}"
    )
    if form != "json":
        return message
    return json.dumps(
        {"level": "info", "message": message, "http": urls, "websocket": events, "grpc": list(grpc)}
    )
