"""The transition table."""

from __future__ import annotations

import itertools

import pytest

from datasynth.errors import NoActiveStream
from datasynth.service.streams.lifecycle import TRANSITIONS, Action, State, after


@pytest.mark.parametrize(("state", "action"), list(itertools.product(State, Action)))
def test_every_move_is_in_the_table_or_refused(state: State, action: Action) -> None:
    """A move that the table does not know raises; one that it knows leads where it says."""
    if (state, action) in TRANSITIONS:
        assert TRANSITIONS[state, action] is after(state, action)
    else:
        with pytest.raises(NoActiveStream):
            after(state, action)


@pytest.mark.parametrize("state", [State.STOPPED, State.COMPLETED, State.FAILED])
def test_nothing_leads_out_of_an_end(state: State) -> None:
    """A stream that has ended stays as it is."""
    assert not state.active
    assert {state} == {to for (at, _), to in TRANSITIONS.items() if at is state}
