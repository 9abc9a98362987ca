"""Native threads that finish blocks, one bounded queue of finished ones, and who drains it.

Generator threads never wait for readers: whatever is finished goes into one
shared queue, and the dispatcher always takes it from there into the cache, so a
block that nobody waits for any more jams nothing.
"""

from __future__ import annotations

import logging
import queue
import threading
from enum import IntEnum
from typing import TYPE_CHECKING

from datasynth.service.native_threads import Crew

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

_log = logging.getLogger(__name__)


class Lane(IntEnum):
    """How soon a block is wanted; the lower goes first."""

    READER = 0
    AHEAD = 1
    FREE = 2


class Order:
    """A block that somebody wants; `done` is written last, so it can be looked at without a lock."""

    __slots__ = ("done", "error", "key", "lane", "readers", "result", "taken", "work")

    def __init__(self, key: Hashable, work: Callable[[], object], lane: Lane) -> None:
        self.key = key
        self.work = work
        self.lane = lane
        self.readers: dict[object, Callable[[], None]] = {}
        self.result: object = None
        self.error: BaseException | None = None
        self.taken = False
        self.done = False


class BlockPool:
    """Orders for blocks, each carried out once however many want it.

    Parameters
    ----------
    threads
        Native generator threads.
    keep
        Called by the dispatcher with the key and the result of every order carried out.
    failed
        Called by the dispatcher for every order that raised.
    """

    def __init__(
        self,
        threads: int,
        keep: Callable[[Hashable, object], None],
        failed: Callable[[], None] = lambda: None,
    ) -> None:
        self._crew = Crew("generator", threads, lanes=len(Lane))
        self._keep = keep
        self._failed = failed
        self._finished: queue.Queue[Order | None] = queue.Queue(maxsize=2 * threads + 2)
        self._lock = threading.Lock()
        self._orders: dict[Hashable, Order] = {}
        self._dispatcher: threading.Thread | None = None

    @property
    def threads(self) -> int:
        """Native generator threads."""
        return self._crew.size

    @property
    def waiting(self) -> int:
        """Orders that no thread has begun."""
        return self._crew.waiting

    @property
    def open(self) -> int:
        """Orders that are not done."""
        return len(self._orders)

    def start(self) -> None:
        """Start the threads, once."""
        with self._lock:
            if self._dispatcher is not None:
                return
            self._dispatcher = threading.Thread(target=self._dispatch, name="dispatcher", daemon=True)
        self._dispatcher.start()
        self._crew.start()

    def order(
        self,
        key: Hashable,
        work: Callable[[], object],
        reader: object,
        wake: Callable[[], None],
        lane: Lane,
    ) -> Order:
        """Have a block made, or join the order for it that is under way.

        Parameters
        ----------
        key
            Which block; equal keys are one order.
        work
            Makes it, on a native thread.
        reader
            Who wants it; see `withdraw`.
        wake
            Called from the dispatcher, with no lock held, once the order is done.
        lane
            How soon it is wanted; an order joined from a faster lane moves there.
        """
        with self._lock:
            order = self._orders.get(key)
            fresh = order is None
            if order is None:
                order = self._orders[key] = Order(key, work, lane)
            order.readers[reader] = wake
            sooner = not order.taken and lane < order.lane
            if sooner:
                order.lane = lane
        if fresh or sooner:
            # An order in two lanes is carried out by whoever takes it first.
            self._crew.submit(_Turn(self, order), lane)
        return order

    def withdraw(self, order: Order, reader: object) -> None:
        """Want it no more; an order that nobody wants and nobody has begun is never carried out."""
        with self._lock:
            order.readers.pop(reader, None)
            if not order.readers and not order.taken and self._orders.get(order.key) is order:
                del self._orders[order.key]

    def close(self) -> None:
        """Begin no further order."""
        self._crew.close()

    def join(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for the threads to end; tell whether they have."""
        ended = self._crew.join(timeout)
        if self._dispatcher is not None and ended:
            self._finished.put(None)
            self._dispatcher.join(timeout)
            ended = not self._dispatcher.is_alive()
        return ended

    def carry_out(self, order: Order) -> None:
        """Do the work of an order, unless it was begun or given up before; for generator threads."""
        with self._lock:
            if order.taken or not order.readers:
                return
            order.taken = True
        try:
            order.result = order.work()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it belongs to the readers
            _log.exception("A block could not be made: %r.", order.key)
            order.error = error
        self._finished.put(order)

    def _dispatch(self) -> None:
        while (order := self._finished.get()) is not None:
            try:
                self._hand_over(order)
            except Exception:  # noqa: BLE001 - the dispatcher outlives whatever one block does to it
                _log.exception("A finished block could not be handed over: %r.", order.key)
            # A block, and the journal behind it, must not live here until the next comes.
            del order

    def _hand_over(self, order: Order) -> None:
        try:
            if order.error is None:
                self._keep(order.key, order.result)
            else:
                self._failed()
        finally:
            with self._lock:
                if self._orders.get(order.key) is order:
                    del self._orders[order.key]
                order.done = True
                wakes = list(order.readers.values())
                order.readers.clear()
            for wake in wakes:
                _call(wake)


class _Turn:
    """An order's place in a lane."""

    __slots__ = ("_order", "_pool")

    def __init__(self, pool: BlockPool, order: Order) -> None:
        self._pool = pool
        self._order = order

    def __call__(self) -> None:
        self._pool.carry_out(self._order)


def _call(wake: Callable[[], None]) -> None:
    try:
        wake()
    except Exception:  # noqa: BLE001 - one reader's fault must not keep the others asleep
        _log.exception("A reader could not be woken.")
