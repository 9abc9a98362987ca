"""The queue of builds: which journals are requested, and which build is next.

Equal requests share a build.  When the last of them is withdrawn, the build leaves the
queue, or ends at its next checkpoint if it runs.  Clients take turns and have at most one
build under way each, so a client with sixty requests delays only itself.  Builds ahead of
any request come last, and end as soon as a caller requests something else.

When memory gets low all builds under way end, since any of them may be the cause.  Those
that streams wait for start anew, each alone, once there is memory again.  If memory gets
low during a build that is alone, that build is given up.

`Journals` carries the builds out.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, Overloaded
from datasynth.service.journals.build_request import NOBODY, Build, BuildRequest
from datasynth.service.threads.counters import Count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasynth.service.admission.cost_limit import CostLimit
    from datasynth.service.admission.memory_guard import MemoryGuard
    from datasynth.service.journals.journal_cache import JournalCache
    from datasynth.service.journals.protocols import JournalProtocol
    from datasynth.service.journals.version import JournalSpec
    from datasynth.service.threads.counters import Counters

_log = logging.getLogger(__name__)

MOST_REQUESTS = 1_024
"""Requests that may be open at once."""

MOST_OF_A_CLIENT = 256
"""Requests of one client that may be open at once; more than it may have streams."""


class BuildQueue:
    """Requests and builds; every method may be called from any thread and never waits.

    Parameters
    ----------
    journal_cache
        Drops journals to make room for a build.
    on_ready
        Called, with no lock held, whenever another build may have become possible.
    """

    def __init__(
        self,
        cost_limit: CostLimit,
        journal_cache: JournalCache,
        memory: MemoryGuard,
        counters: Counters,
        on_ready: Callable[[], None],
    ) -> None:
        self._cost_limit = cost_limit
        self._journal_cache = journal_cache
        self._memory = memory
        self._counters = counters
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, dict[BuildRequest, None]] = OrderedDict()
        self._builds: dict[JournalSpec, Build] = {}
        self._running: list[Build] = []
        self._requests = 0
        self._closed = False
        self._on_ready = on_ready

    @property
    def waiting(self) -> int:
        """Builds that have not begun."""
        with self._lock:
            return sum(build.charged is None for build in self._builds.values())

    @property
    def running(self) -> int:
        """Builds under way, including those that are about to end."""
        return len(self._running)

    def ask(
        self, spec: JournalSpec, client: str, wake: Callable[[], None], *, lasting: bool = False
    ) -> BuildRequest:
        """Request a journal.

        Parameters
        ----------
        client
            The client of the request; `NOBODY` for a build ahead of any request.
        wake
            Called from another thread, with no lock held, once the request is done.
        lasting
            Whether the request goes on waiting when memory gets low.

        Raises
        ------
        Overloaded
            Too many wait, or the server is shutting down.
        """
        cost = self._cost_limit.estimate(spec.config)
        with self._lock:
            self._ensure_room(client)
            build = self._builds.get(spec)
            if build is None:
                build = self._builds[spec] = Build(spec, cost)
            request = BuildRequest(build, client, wake, lasting)
            build.requests[request] = None
            if build.charged not in {one.charged for one in self._running if not one.dropped}:
                # A build that was given up a moment ago and has not ended goes on.  If its client has
                # begun another meanwhile, it ends and waits for its next turn.
                build.dropped = False
            self._clients.setdefault(client, {})[request] = None
            self._requests += 1
            if client != NOBODY:
                self._make_way()
        self._on_ready()
        return request

    def withdraw(self, request: BuildRequest) -> None:
        """Withdraw a request; has no effect if it is done."""
        with self._lock:
            if request in request.build.requests:
                self._remove([request])

    def cancel_running(self, error: Overloaded) -> None:
        """End all builds under way, since memory is low.

        Requests that are not lasting, and those for a build that was alone, fail with `error`.
        """
        with self._lock:
            culprits = [build for build in self._running if build.alone and not build.dropped]
            leaving = [
                request
                for build in self._builds.values()
                for request in build.requests
                if build in culprits or not request.lasting
            ]
            self._remove(leaving)
            for build in self._running:
                self._begin_anew(build)
        for build in culprits:
            _log.warning(
                "Cancelled a build of about %d bytes. It was the only build when memory became low.",
                build.cost,
            )
        _conclude(leaving, error)

    def take(self) -> Build | None:
        """Return the next build, which the caller must conclude; None if none may begin."""
        refused: set[str] = set()
        while True:
            with self._lock:
                build = self._choose(refused)
                if build is None:
                    return None
                wanted = sum(one.cost for one in self._running)
            # Not under the lock, since freeing journals takes a moment.
            fits = self._journal_cache.make_room(self._cost_limit.all - wanted)
            # With no other build and no journal alive there is no more room to make.
            if fits or (wanted == build.cost and not self._journal_cache.alive_bytes):
                return build
            with self._lock:
                refused.add(build.charged or NOBODY)
                self._put_back(build)

    def conclude(self, build: Build, outcome: JournalProtocol | DatasynthError | None) -> None:
        """Pass the outcome of a build to its requests; an abandoned one (None) waits if requested again."""
        concluded: list[BuildRequest] = []
        with self._lock:
            if outcome is not None:
                concluded = list(build.requests)
                self._remove(concluded, given_up=False)
            self._put_back(build)
        if outcome is not None:
            _conclude(concluded, outcome)
        self._on_ready()

    def close(self) -> None:
        """Begin no more builds, and end those under way; streams end by themselves."""
        with self._lock:
            self._closed = True
            requests = [request for build in self._builds.values() for request in build.requests]
            self._remove(requests)
        _conclude(
            [request for request in requests if not request.lasting],
            Overloaded("The server is shutting down."),
        )

    def _ensure_room(self, client: str) -> None:
        if self._closed:
            raise Overloaded("The server is shutting down.")
        of_client = len(self._clients.get(client, ()))
        if self._requests >= MOST_REQUESTS or of_client >= MOST_OF_A_CLIENT:
            self._counters.add(Count.BUILDS_REFUSED)
            raise Overloaded(
                "Too many journals are waiting to be built. Try again later.", {"waiting": self._requests}
            )

    def _choose(self, refused: set[str]) -> Build | None:
        """Return the next build and count it as under way."""
        if self._closed or self._memory.low:
            return None
        under_way = [build for build in self._running if not build.dropped]
        busy = refused | {build.charged for build in under_way}
        if any(build.alone for build in under_way):
            return None
        callers = [client for client in self._clients if client != NOBODY]
        # Builds ahead of any request run only while no caller waits.
        for client in callers or self._clients:
            requests = () if client in busy else self._clients[client]
            build = next((request.build for request in requests if request.build.charged is None), None)
            if build is not None and not (build.alone and self._running):
                build.charged = client
                self._running.append(build)
                self._clients.move_to_end(client)
                return build
        return None

    def _make_way(self) -> None:
        """Have builds ahead of any request end; they wait and start anew later."""
        for build in self._running:
            if build.ahead:
                build.dropped = True

    def _begin_anew(self, build: Build) -> None:
        """Have a build end, and start anew for its remaining requests."""
        build.dropped = True
        if self._builds.get(build.spec) is not build:
            return
        if not build.requests:
            del self._builds[build.spec]
            return
        successor = self._builds[build.spec] = Build(build.spec, build.cost, alone=True)
        successor.requests, build.requests = build.requests, {}
        for request in successor.requests:
            request.build = successor

    def _remove(self, requests: Iterable[BuildRequest], *, given_up: bool = True) -> None:
        """Forget requests, and builds that have none left."""
        for request in requests:
            build = request.build
            del build.requests[request]
            of_client = self._clients[request.client]
            del of_client[request]
            if not of_client:
                del self._clients[request.client]
            self._requests -= 1
            if build.requests or not given_up:
                continue
            self._counters.add(Count.BUILDS_CANCELLED)
            build.dropped = True
            # A build under way stays known until its end, so that a new request can join it.
            if build.charged is None:
                self._forget(build)

    def _put_back(self, build: Build) -> None:
        self._running.remove(build)
        build.charged = None
        build.dropped = False
        if not build.requests:
            self._forget(build)

    def _forget(self, build: Build) -> None:
        if self._builds.get(build.spec) is build:
            del self._builds[build.spec]


def _conclude(requests: Iterable[BuildRequest], outcome: JournalProtocol | DatasynthError) -> None:
    for request in requests:
        request.outcome = outcome
    for request in requests:
        request.wake()
