"""How long a request may take to arrive.

One clock runs for headers and body together, from the first byte of a request.
The headers of a connection's first request have to come within the same time
from the connection on, so that a TLS handshake is within it.  Headers buy
nothing.  Each thousand bytes of
a body buy a second, and nobody has more than the first allowance in hand: an
upload at 1 kB/s arrives whatever its length, one byte a second does not, and a
fast start buys no long silence.  What the server will refuse as too large buys
nothing either; it is read for a while, since a client that still sends does not
listen.

A connection that has sent nothing of a next request is idle.  That is no
failure; it is closed in the end without a word.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST_BODY = 1 << 20
"""Size of the largest body that the server accepts. [bytes]"""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a client is allowed.

    Attributes
    ----------
    request
        Time for headers and body, and the most that a body may have in hand. [s]
    bytes_a_second
        How slow a body may be. [bytes/s]
    idle
        How long a connection may wait for its next request. [s]
    body
        Size of the largest body that buys time. [bytes]
    taking
        How long 64 kB of an answer may take to be taken, where its length is known; after
        how long without progress any other answer gives way to new connections. [s]
    """

    request: float = 30.0
    bytes_a_second: int = 1000
    idle: float = 65.0
    body: int = LARGEST_BODY
    taking: float = 60.0


class _Stage(Enum):
    IDLE = auto()
    HEADERS = auto()
    BODY = auto()


class Arrival:
    """The clock of one connection's requests.

    Parameters
    ----------
    allowance
        What the client is allowed.
    clock
        Monotonic time. [s]
    """

    def __init__(self, allowance: Allowance, clock: Callable[[], float] = time.monotonic) -> None:
        self._allowance = allowance
        self._clock = clock
        self._stage = _Stage.IDLE
        self._served = False
        self._begun = clock()
        self._deadline = self._begun + allowance.request
        self._buys = 0

    @property
    def idle(self) -> bool:
        """Whether nothing of a request has come yet."""
        return self._stage is _Stage.IDLE

    def expect(self, *, begun: bool = False) -> None:
        """Await the next request; the first one is awaited from the start.

        Parameters
        ----------
        begun
            Whether some of it came together with the one before.
        """
        if not self._served:
            return
        self._stage = _Stage.IDLE
        self._deadline = self._clock() + self._allowance.idle
        if begun:
            self._begin()

    def expect_body(self, announced: int | None) -> None:
        """Await the body of the request whose headers have come.

        Parameters
        ----------
        announced
            Its length; None if it comes in chunks. [bytes]
        """
        self._served = True
        self._stage = _Stage.BODY
        self._deadline = self._begun + self._allowance.request
        self._buys = self._allowance.body if (announced or 0) <= self._allowance.body else 0

    def came(self, size: int) -> None:
        """Take note of bytes that have arrived."""
        if self._stage is _Stage.IDLE and size:
            self._begin()
        elif self._stage is _Stage.BODY:
            bought = min(size, self._buys)
            self._buys -= bought
            most = self._clock() + self._allowance.request
            self._deadline = min(self._deadline + bought / self._allowance.bytes_a_second, most)

    def left(self) -> float:
        """Tell how long the next byte may take, at least 0. [s]"""
        return max(0.0, self._deadline - self._clock())

    def _begin(self) -> None:
        self._stage = _Stage.HEADERS
        self._begun = self._clock()
        if self._served:
            self._deadline = self._begun + self._allowance.request
