"""From native threads to greenlets: the only crossing, the rules that keep it safe, and fair scheduling.

The server's worker serves HTTP and WebSocket with greenlets, all of them on one
thread, whose *hub* switches between them.  Generators, the dispatcher and gRPC
are native threads.  A greenlet that waited on a native lock, queue or event
would stop the hub and with it every connection; a native thread that touched a
greenlet's event would race with the hub.  So:

- a greenlet sleeps on an event of the hub, which only the hub's thread sets;
- a native thread that wants to wake it leaves the waker in a deque, whose
  ``append`` and ``popleft`` are atomic, and sends the hub's *signal*: an async
  watcher, the one thing of an event loop that any thread may signal;
- the hub, back in its loop, gets the signal and sets the events.

There is one signal for each hub, not one for each greenlet: the loop looks at
every watcher there is each time that one of them is signalled.

Without a hub (``flask run``, gRPC, tests) a sleeper is a thread and sleeps on
an event of threads.  The code between does not know the difference.

Threads share a processor by themselves, and greenlets only when they pause: a
greenlet whose socket always takes everything would keep the hub for itself.
`fair_pause` makes the pause that lets the others run.
"""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import gevent
from gevent.event import Event
from gevent.hub import Hub, get_hub

from datasynth.service.threads.waker import ThreadWaker

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.service.threads.waker import Waker


class HubSignal:
    """Wakes the greenlets of one hub, the calling thread's own, on behalf of any thread."""

    def __init__(self, hub: Hub) -> None:
        self._waiting_wakers: deque[HubWaker] = deque()
        self._watcher = hub.loop.async_()
        self._watcher.start(self._set_all)

    @property
    def waiting(self) -> int:
        """How many wakers wait for the hub to set them."""
        return len(self._waiting_wakers)

    def send(self, waker: HubWaker) -> None:
        """Let the hub set a waker as soon as it runs; callable from any thread, never blocks."""
        self._waiting_wakers.append(waker)
        self._watcher.send()

    def close(self) -> None:
        """Leave the hub's loop; the hub's thread calls it, and nobody sends afterwards."""
        self._watcher.stop()
        self._watcher.close()

    def _set_all(self) -> None:
        while self._waiting_wakers:
            self._waiting_wakers.popleft().set()


class HubWaker:
    """A waker for a greenlet, whose hub has the given signal."""

    def __init__(self, signal: HubSignal) -> None:
        self.signal = signal
        self._event = Event()
        self._called = False

    def clear(self) -> None:
        """Forget earlier wake-ups."""
        self._event.clear()

    def wait(self, timeout: float | None) -> bool:
        """Let other greenlets run until woken or until `timeout` seconds have passed."""
        return bool(self._event.wait(timeout))

    def wake(self) -> None:
        """End the sleep, or the next one."""
        # A second call before the hub came to the first would change nothing.
        if not self._called:
            self._called = True
            self.signal.send(self)

    def set(self) -> None:
        """Set the event; the signal calls it on the hub's thread."""
        # In this order: a call between the two lines sends again; in the other order it would be lost.
        self._called = False
        self._event.set()


class Wakers:
    """Makes the waker that suits its caller; one of these serves a whole process."""

    def __init__(self) -> None:
        self._signals: WeakKeyDictionary[Hub, HubSignal] = WeakKeyDictionary()

    def __call__(self) -> Waker:
        """Make a waker for the calling greenlet, or else for the calling thread."""
        # A thread's own, first greenlet is not one of gevent's: it may sleep as threads do.
        if not isinstance(gevent.getcurrent(), gevent.Greenlet):
            return ThreadWaker()
        hub = get_hub()
        signal = self._signals.get(hub)
        if signal is None:
            signal = self._signals[hub] = HubSignal(hub)
        return HubWaker(signal)


def run_beside(target: Callable[[], None], waker: Waker) -> None:
    """Run `target` beside the caller: in a greenlet if the caller's waker is one's, else in a thread."""
    if isinstance(waker, HubWaker):
        gevent.spawn(target)
    else:
        threading.Thread(target=target, name="websocket-listener", daemon=True).start()


def fair_pause(waker: Waker) -> Callable[[], None]:
    """Return a call that lets everything run that is ready; a thread needs none, and gets one without effect.

    A pause forgets earlier wake-ups of the waker.
    """

    def pause() -> None:
        # To wake oneself means one round through the loop, which looks at all sockets on the way.
        # It costs a quarter of a timeout of nothing.
        waker.clear()
        waker.wake()
        waker.wait(None)
        waker.clear()

    return pause if isinstance(waker, HubWaker) else _no_pause


def _no_pause() -> None:
    return
