r"""The life of a stream: its states, and the one table that says what may follow what::

              pause              stop
    RUNNING <=======> PAUSED -----------> STOPPED
       |     resume      |                   ^
       |  \__ complete ____ fail __          |
       |_____________ stop _________\________|
                  COMPLETED        FAILED

Pause reasons are a set: a stream runs only when nobody wants it paused.
"""

from __future__ import annotations

from enum import StrEnum

from datasynth.errors import NoActiveStream


class State(StrEnum):
    """Where a stream is in its life."""

    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Tell whether the stream may still move."""
        # Asked several times for every piece that is sent, and a set would be built each time.
        return self is State.RUNNING or self is State.PAUSED


class Action(StrEnum):
    """What can happen to a stream."""

    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    COMPLETE = "complete"
    FAIL = "fail"


class PauseReason(StrEnum):
    """Who wants a stream paused."""

    USER = "user"
    MEMORY = "memory"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.RUNNING, Action.PAUSE): State.PAUSED,
    (State.RUNNING, Action.RESUME): State.RUNNING,
    (State.RUNNING, Action.STOP): State.STOPPED,
    (State.RUNNING, Action.COMPLETE): State.COMPLETED,
    (State.RUNNING, Action.FAIL): State.FAILED,
    (State.PAUSED, Action.PAUSE): State.PAUSED,
    (State.PAUSED, Action.RESUME): State.RUNNING,
    (State.PAUSED, Action.STOP): State.STOPPED,
    (State.PAUSED, Action.FAIL): State.FAILED,
    (State.STOPPED, Action.STOP): State.STOPPED,
    (State.COMPLETED, Action.STOP): State.COMPLETED,
    (State.FAILED, Action.STOP): State.FAILED,
}
"""Every legal move; asking for the state that already holds is legal, a retried call is safe."""


def after(state: State, action: Action) -> State:
    """Return the state that `action` leads to from `state`.

    Raises
    ------
    NoActiveStream
        If the table does not know the move.
    """
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        message = f"A stream that is {state} cannot {action}."
        raise NoActiveStream(message, {"state": str(state)}) from None
