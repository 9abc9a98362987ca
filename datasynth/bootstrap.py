"""The composition root: settings become services, services become an application.

This module builds every long-lived object once and hands it down.  Threads
start later, with the first request or when a server starts gRPC, since a
process that is going to fork must not have any.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, cast

from datasynth.config import ConfigDocument, load_config_file
from datasynth.encoding import make_encoder
from datasynth.errors import Overloaded
from datasynth.generation.cost import estimate_bytes
from datasynth.generation.journal_maker import JournalMaker
from datasynth.generation.parties.directory import parties, users
from datasynth.ledger.closes import PATTERNS
from datasynth.service.admission.key_file import server_keys
from datasynth.service.services import Engine, Environment, Options, Services, resident_bytes
from datasynth.service.threads.waker import ThreadWaker
from datasynth.settings import Settings
from datasynth.transports.addresses import resolve
from datasynth.transports.bridge import Wakers
from datasynth.transports.documents.routes import register as register_documents
from datasynth.transports.rest.app import RestOptions, build_app
from datasynth.transports.rpc.server import GrpcServer, TlsFiles
from datasynth.transports.ws import routes
from datasynth.version import __version__
from datasynth.warm import warm_up

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask


STOP_SECONDS = 4.0
"""How long readers and calls may take to end when the server does. [s]"""

COMPILE_SECONDS = 3600.0
"""How long the first compilation of the kernels may take on the slowest machine. [s]"""

_SETTINGS = "DATASYNTH_SETTINGS"

_log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None, *, resident: Callable[[], int] = resident_bytes) -> Flask:
    """Build the whole HTTP side: REST and WebSocket.

    The same application serves under gunicorn, under ``flask run`` and in
    Flask's test client.  It starts its threads with the first request.

    Parameters
    ----------
    settings
        Settings of the server; without them ``DATASYNTH_*`` variables are read.
    resident
        Measures the memory that the limit is about. [bytes]

    Raises
    ------
    SettingsError
        A variable is wrong.
    InvalidRequest
        The configuration file cannot be read, breaks a rule, or costs too much, or the file of
        keys has faults.
    """
    settings = Settings.from_env() if settings is None else settings
    services = _services(settings, resident)
    if settings.config is not None:
        # A file that costs too much is refused now, and not by every call.
        services.cost_limit.check(services.config_store.document.config)
    new_waker = Wakers()
    options = RestOptions(
        trusted_proxies=settings.trusted_proxies,
        allowed_hosts=settings.allowed_hosts,
        allowed_origins=settings.allowed_origins,
        listens_at=settings.host,
    )
    app = build_app(services, options, new_waker)
    routes.register(app, services, new_waker)
    register_documents(app, services, new_waker)
    app.config[_SETTINGS] = settings
    app.before_request(services.start)
    return app


def services_of(app: Flask) -> Services:
    """Return the services of an application that `create_app` has built."""
    return cast("Services", app.extensions["datasynth"])


def start_grpc(app: Flask) -> GrpcServer:
    """Start gRPC beside an application of `create_app`, in the same process and over the same streams.

    The application's settings say where to listen.  The returned server's
    `addresses` say where it does, and its `stop` ends it.

    Raises
    ------
    OSError
        The port is taken, or certificate and key cannot be used.
    """
    settings = cast("Settings", app.config[_SETTINGS])
    tls = None
    if settings.tls_cert and settings.tls_key:
        tls = TlsFiles(settings.tls_cert, settings.tls_key)
    services = services_of(app)
    services.start()
    server = GrpcServer(services, resolve(settings.host), settings.grpc_port, tls)
    server.start()
    return server


class NativeSide:
    """Everything native behind an application of `create_app`: the services' threads and gRPC.

    Attributes
    ----------
    grpc
        The gRPC server, running.
    """

    def __init__(self, app: Flask) -> None:
        self.services = services_of(app)
        self.grpc = start_grpc(app)
        self._stopping: list[threading.Thread] = []

    def when_ready(self, then: Callable[[], object]) -> None:
        """Call `then` once the kernels are ready; returns at once."""
        threading.Thread(target=self._await_kernels, args=(then,), name="ready", daemon=True).start()

    def begin_stop(self) -> None:
        """End every reader and start to stop; returns at once."""
        for stop in (self.services.shut_down, self.grpc.stop):
            thread = threading.Thread(target=stop, args=(STOP_SECONDS,), name=stop.__qualname__, daemon=True)
            thread.start()
            self._stopping.append(thread)

    def stopped(self) -> bool:
        """Tell whether everything has stopped."""
        return not any(thread.is_alive() for thread in self._stopping)

    def _await_kernels(self, then: Callable[[], object]) -> None:
        try:
            self.services.readiness.wait(ThreadWaker(), COMPILE_SECONDS)
        except Overloaded as error:
            _log.info("The server did not become ready: %s", error.message)
        else:
            then()


def _services(settings: Settings, resident: Callable[[], int]) -> Services:
    maker = JournalMaker()
    return Services(
        load_config_file(settings.config) if settings.config else ConfigDocument.defaults(),
        Engine(
            make_journal=maker.make,
            estimate_bytes=estimate_bytes,
            drop_shared=maker.clear,
            make_encoder=make_encoder,
            list_parties=parties,
            list_users=users,
            warm_up=warm_up,
            patterns=PATTERNS,
        ),
        Options(
            worker_threads=settings.worker_threads,
            version=__version__,
            api_keys=server_keys(settings.api_keys, settings.api_key_file),
            rate_limit=settings.rate_limit,
            memory_limit=settings.memory_limit,
        ),
        Environment(resident=resident),
    )
