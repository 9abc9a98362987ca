"""Whose turn it is to have a journal built, without any thread that builds."""

from __future__ import annotations

import pytest

from datasynth.errors import InternalError, Overloaded
from datasynth.service.journals.build_queue import MOST_OF_A_CLIENT, MOST_REQUESTS
from datasynth.service.journals.build_request import NOBODY, Abandoned
from tests.fakes import FakeJournal
from tests.service.build_rig import MANY, ROOM, SPECS, Rig


def test_clients_take_turns() -> None:
    """However many builds one client has asked for, another's comes next."""
    rig = Rig()
    for spec in MANY[:5]:
        rig.ask(spec, "greedy")
    rig.ask(SPECS[0], "modest")
    rig.ask(SPECS[1], "modest")
    order = []
    for _ in range(7):
        build = rig.take()
        order.append(build.spec)
        rig.finish(build)

    assert [MANY[0], SPECS[0], MANY[1], SPECS[1], *MANY[2:5]] == order
    assert rig.queue.take() is None


def test_client_has_one_build_under_way() -> None:
    """A second thread is for somebody else, and for the same client only after its first build."""
    rig = Rig()
    rig.ask(SPECS[0], "a")
    rig.ask(SPECS[1], "a")
    first = rig.take()
    assert rig.queue.take() is None
    rig.ask(SPECS[2], "b")
    assert SPECS[2] == rig.take().spec
    rig.finish(first)

    assert SPECS[1] == rig.take().spec


def test_equal_wishes_are_one_build() -> None:
    """All who want the same journal are told at once, and have the same one."""
    rig = Rig()
    requests = [rig.ask(SPECS[0], client) for client in ("a", "b", "a", "c")]
    journal = rig.finish(rig.take())

    assert rig.queue.take() is None
    assert ["a", "b", "a", "c"] == rig.woken
    assert all(request.done and request.journal() is journal for request in requests)


def test_build_that_fails_is_told_to_all() -> None:
    """Each waiter gets an error of its own, and the next request begins anew."""
    rig = Rig()
    requests = [rig.ask(SPECS[0], client) for client in ("a", "b")]
    rig.queue.conclude(rig.take(), InternalError("no schedule"))
    raised = []
    for request in requests:
        with pytest.raises(InternalError, match="no schedule") as caught:
            request.journal()
        raised.append(caught.value)
    rig.ask(SPECS[0], "a")

    assert raised[0] is not raised[1]
    assert SPECS[0] == rig.take().spec


def test_last_withdrawal_takes_a_build_from_the_queue() -> None:
    """A build that nobody has begun and nobody wants any more is never begun."""
    rig = Rig()
    first, second = rig.ask(SPECS[0], "a"), rig.ask(SPECS[0], "b")
    rig.queue.withdraw(first)
    assert 1 == rig.queue.waiting
    rig.queue.withdraw(second)
    rig.queue.withdraw(second)

    assert (0, None, 1) == (rig.queue.waiting, rig.queue.take(), rig.counted("builds_cancelled"))


def test_last_withdrawal_ends_a_build_at_its_checkpoint() -> None:
    """A build under way goes on while one wants it, and ends when nobody does."""
    rig = Rig()
    first, second = rig.ask(SPECS[0], "a"), rig.ask(SPECS[0], "b")
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
        rig.queue.withdraw(rig.ask(SPECS[0], "a"))
        request = rig.ask(SPECS[0], "a")
        build = rig.take()
        rig.queue.withdraw(request)
        again = rig.ask(SPECS[0], "b")
        if abandoned:
            rig.queue.conclude(build, None)
            build = rig.take()
        build.checkpoint()
        rig.finish(build)
        assert again.done


def test_revived_build_takes_no_second_turn() -> None:
    """What its client gave up for something else ends, and is begun anew after that."""
    rig = Rig()
    request = rig.ask(SPECS[0], "a")
    first = rig.take()
    rig.queue.withdraw(request)
    rig.ask(SPECS[1], "a")
    second = rig.take()
    again = rig.ask(SPECS[0], "a")
    with pytest.raises(Abandoned):
        first.checkpoint()
    rig.queue.conclude(first, None)
    assert (None, False) == (rig.queue.take(), again.done)
    rig.finish(second)

    assert SPECS[0] == rig.take().spec


def test_builds_ahead_come_last_and_make_way() -> None:
    """What nobody waits for is built while nobody waits for anything, and stops as soon as somebody does."""
    rig = Rig()
    rig.ask(SPECS[0], NOBODY)
    rig.ask(SPECS[1], "a")
    wanted = rig.take()
    assert SPECS[1] == wanted.spec
    assert rig.queue.take() is None
    rig.finish(wanted)
    ahead = rig.take()
    assert SPECS[0] == ahead.spec
    ahead.checkpoint()
    rig.ask(SPECS[2], "a")
    with pytest.raises(Abandoned):
        ahead.checkpoint()
    rig.queue.conclude(ahead, None)

    assert SPECS[2] == rig.take().spec
    assert 0 == rig.counted("builds_cancelled")


def test_build_ahead_that_is_wanted_goes_on() -> None:
    """A caller who asks for what is built ahead joins it, and others do not stop it any more."""
    rig = Rig()
    rig.ask(SPECS[0], NOBODY)
    ahead = rig.take()
    request = rig.ask(SPECS[0], "a")
    rig.ask(SPECS[1], "b")
    ahead.checkpoint()
    journal = rig.finish(ahead)

    assert journal is request.journal()


@pytest.mark.parametrize(("clients", "most"), [(1, MOST_OF_A_CLIENT), (10, MOST_REQUESTS)])
def test_queue_is_bounded(clients: int, most: int) -> None:
    """One client, and all together, may have so many requests open; the next is refused and counted."""
    rig = Rig()
    for number in range(most):
        rig.ask(MANY[number % len(MANY)], f"client {number % clients}")
    with pytest.raises(Overloaded):
        rig.ask(SPECS[1], "client 0")

    assert 1 == rig.counted("builds_refused")


def test_builds_share_the_room_that_there_is() -> None:
    """A build that fits alone waits while another takes the room, and is told to go on afterwards."""
    rig = Rig(cost=500)
    rig.ask(SPECS[0], "a")
    rig.ask(SPECS[1], "b")
    first = rig.take()
    assert rig.queue.take() is None
    assert (1, 1) == (rig.queue.waiting, rig.queue.running)
    news = rig.on_ready
    rig.queue.conclude(first, InternalError("no schedule"))
    assert rig.on_ready > news

    assert SPECS[1] == rig.take().spec


def test_small_build_passes_a_large_one_of_another_client() -> None:
    """What there is no room for now holds up its own client alone."""
    rig = Rig()
    rig.costs = {0: 500, 1: 500, 2: 500, 3: 10}
    rig.ask(SPECS[0], "a")
    rig.take()
    for seed, client in ((1, "b"), (4, "b"), (3, "c")):
        rig.ask(SPECS[seed], client)

    assert SPECS[3] == rig.take().spec
    assert rig.queue.take() is None


def test_journals_in_the_cache_make_room() -> None:
    """What is merely kept goes before a build has to wait; what somebody holds stays."""
    rig = Rig(cost=500)
    kept, held = FakeJournal(SPECS[6].config), FakeJournal(SPECS[7].config)
    kept.nbytes = held.nbytes = 300
    rig.journal_cache.put(SPECS[6], kept)
    rig.journal_cache.watch(held)
    rig.ask(SPECS[0], "a")
    del kept
    assert rig.queue.take() is None
    assert rig.journal_cache.find(SPECS[6]) is None
    del held

    assert SPECS[0] == rig.take().spec


def test_build_that_has_all_the_room_there_is_begins() -> None:
    """One that was let in, and exceeds what there is all the same, waits for others but not for ever."""
    rig = Rig(cost=ROOM + 1)
    held = FakeJournal(SPECS[7].config)
    rig.journal_cache.watch(held)
    rig.ask(SPECS[0], "a")
    assert rig.queue.take() is None
    del held

    assert SPECS[0] == rig.take().spec


def test_low_memory_ends_what_is_under_way() -> None:
    """Whoever waits is told at once; only lasting requests go on waiting."""
    rig = Rig()
    running, lasting = rig.ask(SPECS[0], "a"), rig.ask(SPECS[0], "b", lasting=True)
    waiting, later = rig.ask(SPECS[2], "b"), rig.ask(SPECS[1], "b", lasting=True)
    ahead = rig.ask(SPECS[3], NOBODY)
    build = rig.take()
    rig.memory.low = True
    rig.queue.cancel_running(Overloaded("Memory is low."))
    with pytest.raises(Abandoned):
        build.checkpoint()

    assert [True, False, True, False, True] == [
        request.done for request in (running, lasting, waiting, later, ahead)
    ]
    assert ["a", "b", NOBODY] == sorted(rig.woken, key=["a", "b", NOBODY].index)
    assert rig.queue.take() is None
    rig.queue.conclude(build, None)
    rig.memory.low = False
    again = rig.take()
    assert (SPECS[0], True) == (again.spec, again is not build)
    assert rig.queue.take() is None
    rig.finish(again)
    assert lasting.done
    assert SPECS[1] == rig.take().spec


def test_build_that_was_alone_is_given_up(caplog: pytest.LogCaptureFixture) -> None:
    """What is begun anew has all memory for itself; if that does not do, its stream is told, and the log."""
    rig = Rig()
    large, small = rig.ask(SPECS[0], "a", lasting=True), rig.ask(SPECS[1], "b", lasting=True)
    first, second = rig.take(), rig.take()
    rig.queue.cancel_running(Overloaded("Memory is low."))
    rig.ask(SPECS[2], "c")
    for build in (first, second):
        rig.queue.conclude(build, None)
    assert (False, False) == (large.done, small.done)
    build = rig.take()
    while build.spec != SPECS[0]:
        rig.finish(build)
        build = rig.take()
    assert rig.queue.take() is None
    rig.queue.cancel_running(Overloaded("Memory is low."))

    with pytest.raises(Overloaded):
        large.journal()
    assert "Cancelled a build of about 10 bytes" in caplog.text
    assert 1 == rig.queue.running


def test_what_is_begun_anew_waits_until_it_is_alone() -> None:
    """A build during which memory got low before begins when nothing else is under way any more."""
    rig = Rig()
    rig.ask(SPECS[0], "a", lasting=True)
    ended = rig.take()
    rig.queue.cancel_running(Overloaded("Memory is low."))
    assert rig.queue.take() is None
    rig.ask(SPECS[1], "b")
    other = rig.take()
    rig.queue.conclude(ended, None)
    assert (SPECS[1], None) == (other.spec, rig.queue.take())
    rig.finish(other)

    assert SPECS[0] == rig.take().spec


def test_dropped_build_is_nobodys_turn() -> None:
    """A client need not wait until what it gave up has come to a checkpoint."""
    rig = Rig()
    request = rig.ask(SPECS[0], "a")
    rig.take()
    rig.queue.withdraw(request)
    rig.ask(SPECS[1], "a")

    assert SPECS[1] == rig.take().spec


def test_what_was_shed_is_begun_anew() -> None:
    """A request for what took the memory does not join the build that is still ending."""
    rig = Rig()
    rig.ask(SPECS[0], "a")
    old = rig.take()
    rig.queue.cancel_running(Overloaded("Memory is low."))
    rig.ask(SPECS[0], "b")
    with pytest.raises(Abandoned):
        old.checkpoint()
    new = rig.take()
    rig.queue.conclude(old, None)

    assert new is not old
    new.checkpoint()


def test_closed_queue_takes_nothing() -> None:
    """During the shutdown callers are told, builds end, and nobody may ask for more."""
    rig = Rig()
    caller, stream = rig.ask(SPECS[0], "a"), rig.ask(SPECS[1], "b", lasting=True)
    build = rig.take()
    rig.queue.close()
    with pytest.raises(Abandoned):
        build.checkpoint()
    with pytest.raises(Overloaded):
        rig.ask(SPECS[2], "c")

    assert (True, False, None) == (caller.done, stream.done, rig.queue.take())
