"""All services over fakes, with generator threads but without a ticker: time passes when a test says so."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from datasynth.config import ConfigDocument
from datasynth.encoding import NDJSON_LINES
from datasynth.service.services import Engine, Environment, Options, Services
from datasynth.service.streams.start_request import StartRequest
from datasynth.service.threads.waker import Caller, ThreadWaker
from tests.books import list_parties, list_users
from tests.fakes import JOURNAL_BYTES, PATTERNS, FakeClock, FakeJournal, FakeWallClock, make_encoder

if TYPE_CHECKING:
    from collections.abc import Callable

    from datasynth.config.model import Config
    from datasynth.service.streams.stream import Cursor, Stream
    from datasynth.service.threads.waker import Waker

LINES = NDJSON_LINES
PATIENCE = 10.0


class Harness:
    """Services over fakes.

    Parameters
    ----------
    threads
        Generator threads.
    memory_limit
        For the guard. [bytes]
    on_block
        Called on a generator thread with the first entry of every block computed.
    rate_limit
        Requests per minute and client.
    on_make
        Called on a native thread when a journal is built, with the journal's checkpoint.
    estimate_bytes
        Foretells what a journal takes.
    build_ahead
        Whether the configuration in force is built before anybody asks for it.
    """

    def __init__(
        self,
        threads: int = 2,
        memory_limit: int | None = None,
        on_block: Callable[[int], None] | None = None,
        rate_limit: int = 100,
        on_make: Callable[[Callable[[], None]], object] = lambda checkpoint: checkpoint(),
        estimate_bytes: Callable[[Config], int] = lambda _: JOURNAL_BYTES,
        *,
        build_ahead: bool = False,
    ) -> None:
        self.clock = FakeClock()
        self.resident = 100
        self.journals_made = 0
        self._on_block = on_block
        self._on_make = on_make
        ids = itertools.count(1)
        self.services = Services(
            ConfigDocument.defaults(),
            Engine(
                make_journal=self._make_journal,
                estimate_bytes=estimate_bytes,
                make_encoder=make_encoder,
                list_parties=list_parties,
                list_users=list_users,
                warm_up=lambda: None,
                patterns=PATTERNS,
            ),
            Options(
                worker_threads=threads,
                version="0.0.0",
                rate_limit=rate_limit,
                memory_limit=memory_limit,
                build_ahead=build_ahead,
            ),
            Environment(
                clock=self.clock,
                wall_clock=FakeWallClock(self.clock),
                new_id=lambda: f"{next(ids):032x}",
                resident=lambda: self.resident,
                machine_bytes=lambda: 0,
            ),
        )
        self.registry = self.services.registry
        self.services.readiness.start()
        self.services.journals.start()
        self.services.request_threads.start()
        self.services.source.pool.start()

    def close(self) -> None:
        assert self.services.shut_down(5.0)

    def start(self, **body: object) -> Stream:
        """Start a REST stream and wait until it is prepared."""
        return self._prepared(self.start_at_once("a client", **body))

    def start_at_once(self, client: str = "a client", **body: object) -> Stream:
        """Start a REST stream, which may still be preparing."""
        document = self.services.config_store.document
        return self.registry.start(StartRequest.parse(body), document, Caller(client, ThreadWaker()))

    def call(self, count: int | None = None, first: int = 0) -> Stream:
        """Start a gRPC stream and wait until it is prepared."""
        return self._prepared(self.call_at_once(count, first))

    def call_at_once(self, count: int | None = None, first: int = 0, client: str = "a client") -> Stream:
        """Start a gRPC stream, which may still be preparing."""
        document = self.services.config_store.document
        return self.registry.open_call(count, first, document, Caller(client, ThreadWaker()))

    def tick(self) -> float | None:
        return self.services.ticker.tick()

    def pass_time(self, seconds: float) -> None:
        """Let time pass, ticking four times a second."""
        until = self.clock.now + seconds
        while self.clock.now < until - 0.25:
            self.clock.advance(0.25)
            self.tick()
        self.clock.now = until
        self.tick()

    def settle(self, done: Callable[[], bool]) -> None:
        """Wait, in real time, for generator threads to bring something about."""
        waker = ThreadWaker()
        for _ in range(2_000):
            if done():
                return
            waker.wait(0.005)
        raise AssertionError("it never came about")

    def _prepared(self, stream: Stream) -> Stream:
        self.settle(lambda: not stream.preparing)
        return stream

    def _make_journal(self, config: Config, checkpoint: Callable[[], None]) -> FakeJournal:
        self.journals_made += 1
        self._on_make(checkpoint)
        return FakeJournal(config, on_block=self._on_block)


def read(cursor: Cursor, waker: Waker, entries: int | None = None, most: int = 100_000) -> bytes:
    """Read until the cursor is finished, or stands `entries` further."""
    until = None if entries is None else cursor.position + entries
    data = bytearray()
    while until is None or cursor.position < until:
        waker.clear()
        chunk = cursor.poll(most)
        if chunk is not None:
            data += chunk.data
        elif cursor.finished:
            break
        else:
            assert waker.wait(5.0), "nothing came within five seconds"
    return bytes(data)


def one(cursor: Cursor, waker: Waker, most: int = 1) -> bytes:
    """Read the next chunk, by default of a single entry or line."""
    while True:
        waker.clear()
        chunk = cursor.poll(most)
        if chunk is not None:
            return bytes(chunk.data)
        assert waker.wait(5.0), "nothing came within five seconds"
