"""The queue of builds keeps its promises whoever asks, withdraws and builds in whatever order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from datasynth.errors import InternalError, Overloaded
from datasynth.service.journals.build_request import NOBODY, Abandoned
from tests.fakes import FakeJournal
from tests.service.build_rig import ROOM, SPECS, Rig

if TYPE_CHECKING:
    from datasynth.service.journals.build_request import Build, BuildRequest


class Traffic(RuleBasedStateMachine):
    """Anybody may ask, withdraw, build and conclude in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig(cost=200)
        self.open: list[BuildRequest] = []
        self.running: list[Build] = []

    @rule(seed=st.integers(0, 5), client=st.sampled_from(["a", "b", "c", NOBODY]), lasting=st.booleans())
    def ask(self, seed: int, client: str, *, lasting: bool) -> None:
        self.open.append(self.rig.ask(SPECS[seed], client, lasting=lasting))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.open))
        self.open.remove(request)
        self.rig.queue.withdraw(request)

    @rule()
    def take(self) -> None:
        build = self.rig.queue.take()
        if build is not None:
            assert build.requests
            self.running.append(build)

    @precondition(lambda self: self.running)
    @rule(data=st.data(), fails=st.booleans())
    def conclude(self, data: st.DataObject, *, fails: bool) -> None:
        build = data.draw(st.sampled_from(self.running))
        self.running.remove(build)
        try:
            build.checkpoint()
        except Abandoned:
            self.rig.queue.conclude(build, None)
        else:
            assert build.requests
            outcome = InternalError("no") if fails else FakeJournal(build.spec.config)
            self.rig.queue.conclude(build, outcome)
            assert not build.requests
        self.open = [request for request in self.open if not request.done]

    @rule()
    def cancel_running(self) -> None:
        self.rig.queue.cancel_running(Overloaded("Memory is low."))
        self.open = [request for request in self.open if not request.done]

    @invariant()
    def each_client_has_one_turn(self) -> None:
        charged = [build.charged for build in self.running if not build.dropped]
        assert sorted(set(charged), key=str) == sorted(charged, key=str)

    @invariant()
    def the_room_is_kept(self) -> None:
        assert sum(build.cost for build in self.running) <= ROOM

    @invariant()
    def every_open_wish_is_in_a_build(self) -> None:
        assert all(request in request.build.requests for request in self.open)
        assert len(self.open) == self.rig.queue._requests
        assert self.rig.queue.running == len(self.running)

    def teardown(self) -> None:
        """Whatever was asked for comes about in the end."""
        while self.running or self.rig.queue.waiting:
            build = self.running.pop() if self.running else self.rig.queue.take()
            assert build is not None
            self.rig.queue.conclude(build, FakeJournal(build.spec.config) if build.requests else None)
        assert all(request.done for request in self.open)
        assert (0, 0, {}) == (self.rig.queue._requests, self.rig.queue.running, dict(self.rig.queue._clients))


Traffic.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestTraffic = Traffic.TestCase
