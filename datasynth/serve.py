"""The server as a program: settings to gunicorn, in the one arrangement that works.

``python app.py``, ``datasynth serve`` and ``gunicorn wsgi:app`` all come
through here, so that they differ in nothing but where the settings are read.
What can be wrong is found before the first process is forked, and said in one
line.  Threads, gRPC and kernels wait for the worker: none of them survives a
fork.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

import datasynth
from datasynth import logs
from datasynth.allocator import keep_freed_memory
from datasynth.preflight import (
    BAD_START,
    START_ERRORS,
    Plan,
    allow_open_files,
    or_exit,
    plan,
    sentence,
)
from datasynth.ready import Addresses
from datasynth.settings import Settings, under_gunicorn
from datasynth.transports.gunicorn_log import GunicornLog
from datasynth.transports.rpc.addresses import endpoint
from datasynth.transports.worker import DatasynthWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

CONNECTIONS = 10_000
KEEP_ALIVE_SECONDS = 65
# The worker drains for five seconds at most; past this the arbiter kills it.
GRACE_SECONDS = 8
# How long the hub may be silent: far longer than any piece of work on its thread, imports included.
HEARTBEAT_SECONDS = 120
# How soon a native thread gives the interpreter up when the hub wants it; a kernel does not hold it.
SWITCH_SECONDS = 0.0005
SHARED_MEMORY = "/dev/shm"  # noqa: S108  # gunicorn makes its heartbeat file there with a name of its own

_log = logging.getLogger(__name__)


def main(argv: Sequence[str]) -> int:
    """Serve until told to end.

    Parameters
    ----------
    argv
        Arguments after the command.

    Returns
    -------
    int
        Exit status: 0 after a signal, 2 for settings that cannot work.
    """
    # An interrupt before the server takes its signals over ends the process, without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    planned = _plan(partial(Settings.from_args, argv))
    # A terminal that is closed takes its programs with it, unless `nohup` has said otherwise.
    hang_up_ends = signal.getsignal(signal.SIGHUP) != signal.SIG_IGN
    arbiter = os.getpid()
    try:
        _Server(planned, hang_up_ends=hang_up_ends).run()
    except SystemExit as end:
        # The worker comes by here too, with a status that its arbiter has to see.
        if os.getpid() == arbiter and end.code == Arbiter.WORKER_BOOT_ERROR:
            return BAD_START
        raise
    return 0


def gunicorn_options() -> dict[str, object]:
    """Everything that ``gunicorn.conf.py`` has to say, from variables alone."""
    # Operators of gunicorn mean a reload by a hang-up; that would lose every stream, and an end even more.
    return _options(_plan(Settings.from_env), hang_up_ends=False)


def wsgi_app() -> Flask:
    """Build the application for a WSGI server, from variables alone."""
    settings = or_exit(Settings.from_env)
    logs.configure(settings.log_level, settings.log_format)
    if under_gunicorn() and not DatasynthWorker.in_charge():
        _log.error("gunicorn has to be started in the folder of gunicorn.conf.py, and without --preload")
        # The only status, besides that of a failed boot, that keeps the arbiter from trying for ever.
        sys.exit(Arbiter.APP_LOAD_ERROR)
    return _application(settings) if under_gunicorn() else or_exit(partial(datasynth.create_app, settings))


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn with options of ours and no command line of its own."""

    def __init__(self, planned: Plan, *, hang_up_ends: bool) -> None:
        self._settings = planned.settings
        self._options = _options(planned, hang_up_ends=hang_up_ends)
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return _application(self._settings)


def _application(settings: Settings) -> Flask:
    """Build the application in a worker of gunicorn, or end worker and arbiter with one line."""
    try:
        return datasynth.create_app(settings)
    except START_ERRORS as error:
        _log.error("%s", sentence(error))
        sys.exit(Arbiter.WORKER_BOOT_ERROR)


def _plan(read: Callable[[], Settings]) -> Plan:
    """Read and try the settings, or end with one line; from here on the log is ours."""
    logs.open_standard_files()
    settings = or_exit(read)
    logs.configure(settings.log_level, settings.log_format)
    # Whatever prints a traceback there, in whatever library, must not choke on a full disk.
    sys.stderr = logs.LogStream(logging.getLogger("stderr"))
    allow_open_files()
    # gRPC's core writes to stderr in a form of its own, a line a second while descriptors are short.
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")
    return or_exit(partial(plan, settings))


def _options(planned: Plan, *, hang_up_ends: bool) -> dict[str, object]:
    settings = planned.settings
    return {
        "bind": [endpoint(address, planned.port) for address in planned.addresses],
        "certfile": settings.tls_cert and str(settings.tls_cert),
        "control_socket_disable": True,
        # Nothing that a client says of itself is believed; by default this machine and Unix sockets are.
        "forwarded_allow_ips": "",
        "forwarder_headers": "",
        "graceful_timeout": GRACE_SECONDS,
        "keepalive": KEEP_ALIVE_SECONDS,
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
    """Refuse what would override the one arrangement, before anything listens."""
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
            "gunicorn was given %s, but streams live in one process, which datasynth's own worker serves",
            " and ".join(given),
        )
        sys.exit(BAD_START)
    for name in ("hup", "usr2", "ttin", "ttou"):
        setattr(arbiter, f"handle_{name}", partial(_ignore_signal, name.upper()))
    if hang_up_ends:
        arbiter.handle_hup = arbiter.handle_term


def _ignore_signal(name: str) -> None:
    _log.warning("SIG%s is ignored: streams live in one process, which cannot be replaced or doubled", name)


def _post_worker_init(settings: Settings, worker: Any) -> None:
    """Start what must not be forked: threads, gRPC, kernels."""
    sys.setswitchinterval(SWITCH_SECONDS)
    keep_freed_memory()
    # Imported here as the application is, in the worker: numba and gRPC are nothing for the arbiter.
    bootstrap: Any = import_module("datasynth.bootstrap")
    try:
        worker.ending = running = bootstrap.Running(worker.wsgi)
    except START_ERRORS as error:
        _log.error("%s", sentence(error))
        sys.exit(Arbiter.WORKER_BOOT_ERROR)
    names = [listener.getsockname() for listener in worker.sockets]
    http = tuple(name if isinstance(name, str) else endpoint(name[0], name[1]) for name in names)
    where = Addresses(http, running.grpc.addresses, tls=settings.tls_cert is not None)
    running.when_ready(partial(logs.write, logs.STDOUT, where.line(settings.log_format)))
