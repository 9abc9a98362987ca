"""Who waits for which journal, and whose turn it is: the queue of builds.

Equal wishes share a build, which lives as long as one of them does: once the
last is withdrawn, the build is taken from the queue, or ends at its next
checkpoint if it runs.  Clients take turns, and each has one build under way at
most, so that a client who asks for sixty delays nobody but itself.  Builds ahead
of any wish come last, and make way as soon as a caller wants something else.

When memory gets low all builds under way end, since any of them may be why.  What
streams want is begun anew, each alone, once there is memory again; a build during
which memory gets low although it was alone is given up.

Nothing here builds; `Builders` does.
"""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError, Overloaded
from datasynth.service.counters import Count
from datasynth.service.wishes import NOBODY, Build, Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from datasynth.service.admission import Admission
    from datasynth.service.context import Memory
    from datasynth.service.counters import Counters
    from datasynth.service.edition import Recipe
    from datasynth.service.journal_shelf import JournalShelf
    from datasynth.service.seams import JournalLike

_log = logging.getLogger(__name__)

MOST_WISHES = 1_024
"""Wishes that may be open at once."""

MOST_OF_A_CLIENT = 256
"""Wishes of one client that may be open at once; it may not have so many streams."""


class BuildQueue:
    """Wishes and builds; every method may be called from any thread and never waits.

    Parameters
    ----------
    admission
        Foretells what a build takes, and how much there is for all.
    shelf
        Lets go of journals that stand in the way of a build.
    memory
        While it is low, no build begins.
    counters
        Told of builds that were refused or given up.

    Attributes
    ----------
    stirred
        Called, with no lock held, whenever a build may begin that could not before.
    """

    def __init__(self, admission: Admission, shelf: JournalShelf, memory: Memory, counters: Counters) -> None:
        self._admission = admission
        self._shelf = shelf
        self._memory = memory
        self._counters = counters
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, dict[Wish, None]] = OrderedDict()
        self._builds: dict[Recipe, Build] = {}
        self._running: list[Build] = []
        self._wishes = 0
        self._closed = False
        self.stirred: Callable[[], None] = _nothing

    @property
    def waiting(self) -> int:
        """Builds that nobody has begun."""
        with self._lock:
            return sum(build.charged is None for build in self._builds.values())

    @property
    def running(self) -> int:
        """Builds under way, those that are about to end included."""
        return len(self._running)

    def ask(self, recipe: Recipe, client: str, wake: Callable[[], None], *, lasting: bool = False) -> Wish:
        """Wish for a journal.

        Parameters
        ----------
        recipe
            What is wanted.
        client
            Whom it counts for; `NOBODY` if it is merely going to be wanted.
        wake
            Called from another thread, with no lock held, once the wish is done.
        lasting
            Whether the wish goes on waiting when memory gets low.

        Raises
        ------
        Overloaded
            Too many wait, or the server is shutting down.
        """
        cost = self._admission.estimate(recipe.config)
        with self._lock:
            self._ensure_room(client)
            build = self._builds.get(recipe)
            if build is None:
                build = self._builds[recipe] = Build(recipe, cost)
            wish = Wish(build, client, wake, lasting=lasting)
            build.wishes[wish] = None
            if build.charged not in {one.charged for one in self._running if not one.dropped}:
                # Given up a moment ago and not ended yet: it may as well go on.  Unless its client
                # has begun another meanwhile; then it ends, and waits for its next turn.
                build.dropped = False
            self._clients.setdefault(client, {})[wish] = None
            self._wishes += 1
            if client != NOBODY:
                self._make_way()
        self.stirred()
        return wish

    def withdraw(self, wish: Wish) -> None:
        """Want it no more; a wish that is done is none any longer."""
        with self._lock:
            if wish in wish.build.wishes:
                self._remove([wish])

    def shed(self, error: Overloaded) -> None:
        """End all builds under way, since memory is low, and tell all whose wishes are not lasting.

        Parameters
        ----------
        error
            What they are told, and those as well who waited for a build that was alone.
        """
        with self._lock:
            guilty = [build for build in self._running if build.alone and not build.dropped]
            leaving = [
                wish
                for build in self._builds.values()
                for wish in build.wishes
                if build in guilty or not wish.lasting
            ]
            self._remove(leaving)
            for build in self._running:
                self._begin_anew(build)
        for build in guilty:
            _log.warning("Given up: a build of about %d bytes, alone when memory got low.", build.cost)
        _settle(leaving, error)

    def take(self) -> Build | None:
        """Return the build whose turn it is, for the caller to conclude; None if none may begin."""
        refused: set[str] = set()
        while True:
            with self._lock:
                build = self._choose(refused)
                if build is None:
                    return None
                wanted = sum(one.cost for one in self._running)
            # Letting go of journals takes a moment, so not under the lock.
            fits = self._shelf.make_room(self._admission.all - wanted)
            # Nothing could ever make more room than there is with nothing else at all.
            if fits or (wanted == build.cost and not self._shelf.alive_bytes):
                return build
            with self._lock:
                refused.add(build.charged or NOBODY)
                self._put_back(build)

    def conclude(self, build: Build, outcome: JournalLike | DatasynthError | None) -> None:
        """Tell everybody what came of a build; one that was abandoned (None) waits if it is wanted again."""
        settled: list[Wish] = []
        with self._lock:
            if outcome is not None:
                settled = list(build.wishes)
                self._remove(settled, given_up=False)
            self._put_back(build)
        if outcome is not None:
            _settle(settled, outcome)
        self.stirred()

    def close(self) -> None:
        """Begin no more builds, and end those under way; streams are told by other ways."""
        with self._lock:
            self._closed = True
            wishes = [wish for build in self._builds.values() for wish in build.wishes]
            self._remove(wishes)
        _settle([wish for wish in wishes if not wish.lasting], Overloaded("The server is shutting down."))

    def _ensure_room(self, client: str) -> None:
        if self._closed:
            raise Overloaded("The server is shutting down.")
        of_client = len(self._clients.get(client, ()))
        if self._wishes >= MOST_WISHES or of_client >= MOST_OF_A_CLIENT:
            self._counters.add(Count.BUILDS_REFUSED)
            raise Overloaded("Too many journals wait to be built; try again.", {"waiting": self._wishes})

    def _choose(self, refused: set[str]) -> Build | None:
        """Return the next build and count it as under way."""
        if self._closed or self._memory.low:
            return None
        under_way = [build for build in self._running if not build.dropped]
        busy = refused | {build.charged for build in under_way}
        if any(build.alone for build in under_way):
            return None
        callers = [client for client in self._clients if client != NOBODY]
        # What nobody waits for is built while nobody waits for anything.
        for client in callers or self._clients:
            wishes = () if client in busy else self._clients[client]
            build = next((wish.build for wish in wishes if wish.build.charged is None), None)
            if build is not None and not (build.alone and self._running):
                build.charged = client
                self._running.append(build)
                self._clients.move_to_end(client)
                return build
        return None

    def _make_way(self) -> None:
        """Have builds ahead of any wish end; they wait then, and are begun anew."""
        for build in self._running:
            if build.ahead:
                build.dropped = True

    def _begin_anew(self, build: Build) -> None:
        """Have a build end, and another one begin for whoever still wants it."""
        build.dropped = True
        if self._builds.get(build.recipe) is not build:
            return
        if not build.wishes:
            del self._builds[build.recipe]
            return
        heir = self._builds[build.recipe] = Build(build.recipe, build.cost, alone=True)
        heir.wishes, build.wishes = build.wishes, {}
        for wish in heir.wishes:
            wish.build = heir

    def _remove(self, wishes: Iterable[Wish], *, given_up: bool = True) -> None:
        """Forget wishes, and builds with them that nobody wants any more."""
        for wish in wishes:
            build = wish.build
            del build.wishes[wish]
            of_client = self._clients[wish.client]
            del of_client[wish]
            if not of_client:
                del self._clients[wish.client]
            self._wishes -= 1
            if build.wishes or not given_up:
                continue
            self._counters.add(Count.BUILDS_CANCELLED)
            build.dropped = True
            # One that runs stays known until it has ended, so that a fresh wish can join it.
            if build.charged is None:
                self._forget(build)

    def _put_back(self, build: Build) -> None:
        self._running.remove(build)
        build.charged = None
        build.dropped = False
        if not build.wishes:
            self._forget(build)

    def _forget(self, build: Build) -> None:
        if self._builds.get(build.recipe) is build:
            del self._builds[build.recipe]


def _settle(wishes: Iterable[Wish], outcome: JournalLike | DatasynthError) -> None:
    for wish in wishes:
        wish.settle(outcome)
    for wish in wishes:
        wish.wake()


def _nothing() -> None:
    return
