"""The queue of builds keeps its promises whoever asks, withdraws and builds in whatever order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from datasynth.errors import InternalError, Overloaded
from datasynth.service.wishes import NOBODY, Abandoned
from tests.fakes import FakeJournal
from tests.service.build_rig import RECIPES, ROOM, Rig

if TYPE_CHECKING:
    from datasynth.service.wishes import Build, Wish


class Traffic(RuleBasedStateMachine):
    """Anybody may ask, withdraw, build and conclude in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.rig = Rig(cost=200)
        self.open: list[Wish] = []
        self.running: list[Build] = []

    @rule(seed=st.integers(0, 5), client=st.sampled_from(["a", "b", "c", NOBODY]), lasting=st.booleans())
    def ask(self, seed: int, client: str, *, lasting: bool) -> None:
        self.open.append(self.rig.ask(RECIPES[seed], client, lasting=lasting))

    @precondition(lambda self: self.open)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        wish = data.draw(st.sampled_from(self.open))
        self.open.remove(wish)
        self.rig.queue.withdraw(wish)

    @rule()
    def take(self) -> None:
        build = self.rig.queue.take()
        if build is not None:
            assert build.wishes
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
            assert build.wishes
            outcome = InternalError("no") if fails else FakeJournal(build.recipe.config)
            self.rig.queue.conclude(build, outcome)
            assert not build.wishes
        self.open = [wish for wish in self.open if not wish.done]

    @rule()
    def shed(self) -> None:
        self.rig.queue.shed(Overloaded("Memory is low."))
        self.open = [wish for wish in self.open if not wish.done]

    @invariant()
    def each_client_has_one_turn(self) -> None:
        charged = [build.charged for build in self.running if not build.dropped]
        assert sorted(set(charged), key=str) == sorted(charged, key=str)

    @invariant()
    def the_room_is_kept(self) -> None:
        assert sum(build.cost for build in self.running) <= ROOM

    @invariant()
    def every_open_wish_is_in_a_build(self) -> None:
        assert all(wish in wish.build.wishes for wish in self.open)
        assert len(self.open) == self.rig.queue._wishes
        assert self.rig.queue.running == len(self.running)

    def teardown(self) -> None:
        """Whatever was asked for comes about in the end."""
        while self.running or self.rig.queue.waiting:
            build = self.running.pop() if self.running else self.rig.queue.take()
            assert build is not None
            self.rig.queue.conclude(build, FakeJournal(build.recipe.config) if build.wishes else None)
        assert all(wish.done for wish in self.open)
        assert (0, 0, {}) == (self.rig.queue._wishes, self.rig.queue.running, dict(self.rig.queue._clients))


Traffic.TestCase.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
TestTraffic = Traffic.TestCase
