"""Whose turn it is to have a journal built, without any thread that builds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from datasynth.config import ConfigDocument
from datasynth.errors import InternalError, Overloaded
from datasynth.service.admission import Admission
from datasynth.service.builds import MOST_OF_A_CLIENT, MOST_WISHES, BuildQueue
from datasynth.service.counters import Counters
from datasynth.service.edition import Recipe
from datasynth.service.journal_shelf import JournalShelf
from datasynth.service.wishes import NOBODY, Abandoned
from tests.fakes import FakeJournal

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.service.wishes import Build, Wish

LIMIT = 1_000
IDLE = 100
ROOM = 750
"""What 85 per cent of the limit leave above the idle server."""

DOCUMENT = ConfigDocument.defaults()
RECIPES = [Recipe(DOCUMENT.merge({"global": {"seed": seed}}).config) for seed in range(8)]
MANY = [Recipe(DOCUMENT.merge({"transactions": {"target_count": 1 + n}}).config) for n in range(300)]


class Plenty:
    """Memory that a test can make low."""

    def __init__(self) -> None:
        self.low = False

    def ensure(self) -> None:
        assert not self.low


class Rig:
    """A queue, and a log of who was woken."""

    def __init__(self, cost: int = 10) -> None:
        self.memory = Plenty()
        self.counters = Counters()
        self.shelf = JournalShelf(ROOM)
        self.costs: dict[int, int] = {}
        self.cost = cost
        admission = Admission(self._estimate, LIMIT, lambda: IDLE, 0)
        self.queue = BuildQueue(admission, self.shelf, self.memory, self.counters)
        self.woken: list[str] = []
        self.stirred = 0
        self.queue.stirred = self._stir

    def ask(self, recipe: Recipe, client: str, *, lasting: bool = False) -> Wish:
        return self.queue.ask(recipe, client, lambda: self.woken.append(client), lasting=lasting)

    def take(self) -> Build:
        build = self.queue.take()
        assert build is not None
        return build

    def finish(self, build: Build) -> FakeJournal:
        journal = FakeJournal(build.recipe.config)
        self.queue.conclude(build, journal)
        return journal

    def counted(self, name: str) -> float:
        return self.counters.snapshot()[name]

    def _estimate(self, config: Config) -> int:
        return self.costs.get(config.general.seed, self.cost)

    def _stir(self) -> None:
        self.stirred += 1


def test_clients_take_turns() -> None:
    """However many builds one client has asked for, another's comes next."""
    rig = Rig()
    for recipe in MANY[:5]:
        rig.ask(recipe, "greedy")
    rig.ask(RECIPES[0], "modest")
    rig.ask(RECIPES[1], "modest")
    order = []
    for _ in range(7):
        build = rig.take()
        order.append(build.recipe)
        rig.finish(build)

    assert [MANY[0], RECIPES[0], MANY[1], RECIPES[1], *MANY[2:5]] == order
    assert rig.queue.take() is None


def test_client_has_one_build_under_way() -> None:
    """A second thread is for somebody else, and for the same client only after its first build."""
    rig = Rig()
    rig.ask(RECIPES[0], "a")
    rig.ask(RECIPES[1], "a")
    first = rig.take()
    assert rig.queue.take() is None
    rig.ask(RECIPES[2], "b")
    assert RECIPES[2] == rig.take().recipe
    rig.finish(first)

    assert RECIPES[1] == rig.take().recipe


def test_equal_wishes_are_one_build() -> None:
    """All who want the same journal are told at once, and have the same one."""
    rig = Rig()
    wishes = [rig.ask(RECIPES[0], client) for client in ("a", "b", "a", "c")]
    journal = rig.finish(rig.take())

    assert rig.queue.take() is None
    assert ["a", "b", "a", "c"] == rig.woken
    assert all(wish.done and wish.journal() is journal for wish in wishes)


def test_build_that_fails_is_told_to_all() -> None:
    """Each waiter gets an error of its own, and the next wish begins anew."""
    rig = Rig()
    wishes = [rig.ask(RECIPES[0], client) for client in ("a", "b")]
    rig.queue.conclude(rig.take(), InternalError("no schedule"))
    raised = []
    for wish in wishes:
        with pytest.raises(InternalError, match="no schedule") as caught:
            wish.journal()
        raised.append(caught.value)
    rig.ask(RECIPES[0], "a")

    assert raised[0] is not raised[1]
    assert RECIPES[0] == rig.take().recipe


def test_last_withdrawal_takes_a_build_from_the_queue() -> None:
    """A build that nobody has begun and nobody wants any more is never begun."""
    rig = Rig()
    first, second = rig.ask(RECIPES[0], "a"), rig.ask(RECIPES[0], "b")
    rig.queue.withdraw(first)
    assert 1 == rig.queue.waiting
    rig.queue.withdraw(second)
    rig.queue.withdraw(second)

    assert (0, None, 1) == (rig.queue.waiting, rig.queue.take(), rig.counted("builds_cancelled"))


def test_last_withdrawal_ends_a_build_at_its_checkpoint() -> None:
    """A build under way goes on while one wants it, and ends when nobody does."""
    rig = Rig()
    first, second = rig.ask(RECIPES[0], "a"), rig.ask(RECIPES[0], "b")
    build = rig.take()
    rig.queue.withdraw(first)
    build.checkpoint()
    rig.queue.withdraw(second)
    with pytest.raises(Abandoned):
        build.checkpoint()
    rig.queue.conclude(build, None)

    assert (0, 0, []) == (rig.queue.waiting, rig.queue.running, rig.woken)


def test_wish_that_comes_in_time_revives_a_build() -> None:
    """Whoever asks for what was given up a moment ago has it go on, or begun anew."""
    rig = Rig()
    for abandoned in (False, True):
        rig.queue.withdraw(rig.ask(RECIPES[0], "a"))
        wish = rig.ask(RECIPES[0], "a")
        build = rig.take()
        rig.queue.withdraw(wish)
        again = rig.ask(RECIPES[0], "b")
        if abandoned:
            rig.queue.conclude(build, None)
            build = rig.take()
        build.checkpoint()
        rig.finish(build)
        assert again.done


def test_revived_build_takes_no_second_turn() -> None:
    """What its client gave up for something else ends, and is begun anew after that."""
    rig = Rig()
    wish = rig.ask(RECIPES[0], "a")
    first = rig.take()
    rig.queue.withdraw(wish)
    rig.ask(RECIPES[1], "a")
    second = rig.take()
    again = rig.ask(RECIPES[0], "a")
    with pytest.raises(Abandoned):
        first.checkpoint()
    rig.queue.conclude(first, None)
    assert (None, False) == (rig.queue.take(), again.done)
    rig.finish(second)

    assert RECIPES[0] == rig.take().recipe


def test_builds_ahead_come_last_and_make_way() -> None:
    """What nobody waits for is built while nobody waits for anything, and stops as soon as somebody does."""
    rig = Rig()
    rig.ask(RECIPES[0], NOBODY)
    rig.ask(RECIPES[1], "a")
    wanted = rig.take()
    assert RECIPES[1] == wanted.recipe
    assert rig.queue.take() is None
    rig.finish(wanted)
    ahead = rig.take()
    assert RECIPES[0] == ahead.recipe
    ahead.checkpoint()
    rig.ask(RECIPES[2], "a")
    with pytest.raises(Abandoned):
        ahead.checkpoint()
    rig.queue.conclude(ahead, None)

    assert RECIPES[2] == rig.take().recipe
    assert 0 == rig.counted("builds_cancelled")


def test_build_ahead_that_is_wanted_goes_on() -> None:
    """A caller who asks for what is built ahead joins it, and others do not stop it any more."""
    rig = Rig()
    rig.ask(RECIPES[0], NOBODY)
    ahead = rig.take()
    wish = rig.ask(RECIPES[0], "a")
    rig.ask(RECIPES[1], "b")
    ahead.checkpoint()
    journal = rig.finish(ahead)

    assert journal is wish.journal()


@pytest.mark.parametrize(("clients", "most"), [(1, MOST_OF_A_CLIENT), (10, MOST_WISHES)])
def test_queue_is_bounded(clients: int, most: int) -> None:
    """One client, and all together, may have so many wishes open; the next is refused and counted."""
    rig = Rig()
    for number in range(most):
        rig.ask(MANY[number % len(MANY)], f"client {number % clients}")
    with pytest.raises(Overloaded):
        rig.ask(RECIPES[1], "client 0")

    assert 1 == rig.counted("builds_refused")


def test_builds_share_the_room_that_there_is() -> None:
    """A build that fits alone waits while another takes the room, and is told to go on afterwards."""
    rig = Rig(cost=500)
    rig.ask(RECIPES[0], "a")
    rig.ask(RECIPES[1], "b")
    first = rig.take()
    assert rig.queue.take() is None
    assert (1, 1) == (rig.queue.waiting, rig.queue.running)
    stirred = rig.stirred
    rig.queue.conclude(first, InternalError("no schedule"))
    assert rig.stirred > stirred

    assert RECIPES[1] == rig.take().recipe


def test_small_build_passes_a_large_one_of_another_client() -> None:
    """What there is no room for now holds up its own client alone."""
    rig = Rig()
    rig.costs = {0: 500, 1: 500, 2: 500, 3: 10}
    rig.ask(RECIPES[0], "a")
    rig.take()
    for seed, client in ((1, "b"), (4, "b"), (3, "c")):
        rig.ask(RECIPES[seed], client)

    assert RECIPES[3] == rig.take().recipe
    assert rig.queue.take() is None


def test_journals_on_the_shelf_make_room() -> None:
    """What is merely kept goes before a build has to wait; what somebody holds stays."""
    rig = Rig(cost=500)
    kept, held = FakeJournal(RECIPES[6].config), FakeJournal(RECIPES[7].config)
    kept.nbytes = held.nbytes = 300
    rig.shelf.put(RECIPES[6], kept)
    rig.shelf.watch(held)
    rig.ask(RECIPES[0], "a")
    del kept
    assert rig.queue.take() is None
    assert rig.shelf.find(RECIPES[6]) is None
    del held

    assert RECIPES[0] == rig.take().recipe


def test_build_that_has_all_the_room_there_is_begins() -> None:
    """One that was let in, and exceeds what there is all the same, waits for others but not for ever."""
    rig = Rig(cost=ROOM + 1)
    held = FakeJournal(RECIPES[7].config)
    rig.shelf.watch(held)
    rig.ask(RECIPES[0], "a")
    assert rig.queue.take() is None
    del held

    assert RECIPES[0] == rig.take().recipe


def test_low_memory_ends_what_is_under_way() -> None:
    """Whoever waits is told at once; only lasting wishes go on waiting."""
    rig = Rig()
    running, lasting = rig.ask(RECIPES[0], "a"), rig.ask(RECIPES[0], "b", lasting=True)
    waiting, later = rig.ask(RECIPES[2], "b"), rig.ask(RECIPES[1], "b", lasting=True)
    ahead = rig.ask(RECIPES[3], NOBODY)
    build = rig.take()
    rig.memory.low = True
    rig.queue.shed(Overloaded("Memory is low."))
    with pytest.raises(Abandoned):
        build.checkpoint()

    assert [True, False, True, False, True] == [
        wish.done for wish in (running, lasting, waiting, later, ahead)
    ]
    assert ["a", "b", NOBODY] == sorted(rig.woken, key=["a", "b", NOBODY].index)
    assert rig.queue.take() is None
    rig.queue.conclude(build, None)
    rig.memory.low = False
    again = rig.take()
    assert (RECIPES[0], True) == (again.recipe, again is not build)
    assert rig.queue.take() is None
    rig.finish(again)
    assert lasting.done
    assert RECIPES[1] == rig.take().recipe


def test_build_that_was_alone_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """What is begun anew has all memory for itself; if that does not do, its stream is told, and the log."""
    rig = Rig()
    large, small = rig.ask(RECIPES[0], "a", lasting=True), rig.ask(RECIPES[1], "b", lasting=True)
    first, second = rig.take(), rig.take()
    rig.queue.shed(Overloaded("Memory is low."))
    rig.ask(RECIPES[2], "c")
    for build in (first, second):
        rig.queue.conclude(build, None)
    assert (False, False) == (large.done, small.done)
    build = rig.take()
    while build.recipe != RECIPES[0]:
        rig.finish(build)
        build = rig.take()
    assert rig.queue.take() is None
    rig.queue.shed(Overloaded("Memory is low."))

    with pytest.raises(Overloaded):
        large.journal()
    assert "Given up: a build of about 10 bytes" in caplog.text
    assert 1 == rig.queue.running


def test_what_is_begun_anew_waits_until_it_is_alone() -> None:
    """A build during which memory got low before begins when nothing else is under way any more."""
    rig = Rig()
    rig.ask(RECIPES[0], "a", lasting=True)
    ended = rig.take()
    rig.queue.shed(Overloaded("Memory is low."))
    assert rig.queue.take() is None
    rig.ask(RECIPES[1], "b")
    other = rig.take()
    rig.queue.conclude(ended, None)
    assert (RECIPES[1], None) == (other.recipe, rig.queue.take())
    rig.finish(other)

    assert RECIPES[0] == rig.take().recipe


def test_dropped_build_is_nobodys_turn() -> None:
    """A client need not wait until what it gave up has come to a checkpoint."""
    rig = Rig()
    wish = rig.ask(RECIPES[0], "a")
    rig.take()
    rig.queue.withdraw(wish)
    rig.ask(RECIPES[1], "a")

    assert RECIPES[1] == rig.take().recipe


def test_what_was_shed_is_begun_anew() -> None:
    """A wish for what took the memory does not join the build that is still ending."""
    rig = Rig()
    rig.ask(RECIPES[0], "a")
    old = rig.take()
    rig.queue.shed(Overloaded("Memory is low."))
    rig.ask(RECIPES[0], "b")
    with pytest.raises(Abandoned):
        old.checkpoint()
    new = rig.take()
    rig.queue.conclude(old, None)

    assert new is not old
    new.checkpoint()


def test_closed_queue_takes_nothing() -> None:
    """During the shutdown callers are told, builds end, and nobody may ask for more."""
    rig = Rig()
    caller, stream = rig.ask(RECIPES[0], "a"), rig.ask(RECIPES[1], "b", lasting=True)
    build = rig.take()
    rig.queue.close()
    with pytest.raises(Abandoned):
        build.checkpoint()
    with pytest.raises(Overloaded):
        rig.ask(RECIPES[2], "c")

    assert (True, False, None) == (caller.done, stream.done, rig.queue.take())


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
