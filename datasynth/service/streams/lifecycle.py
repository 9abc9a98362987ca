"""The life cycle of a stream: its states and the table of transitions::

                  begin               complete
    PREPARING ---------------> RUNNING --------> COMPLETED
       |  ^                     |  ^
       |  | prepare       pause |  | resume
       |  |                     v  |
       |  +------------------- PAUSED            STOPPED   FAILED
       |         pause          ^ |
       +------------------------+ +-- begin (stays paused)

    stop and fail lead from PREPARING, RUNNING and PAUSED to STOPPED and FAILED.

A stream is preparing until its journal is there.  It can have several pause reasons, and
runs only when it has none.  After a pause it is running if its journal is there, and
preparing otherwise.
"""

from __future__ import annotations

from enum import StrEnum

from datasynth.errors import NoActiveStream


class State(StrEnum):
    """State of a stream."""

    PREPARING = "preparing"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    COMPLETED = "completed"
    FAILED = "failed"

    @property
    def active(self) -> bool:
        """Tell whether the stream may still move."""
        # Called several times for every chunk; a set would be built each time.
        return self is State.RUNNING or self is State.PAUSED or self is State.PREPARING

    @property
    def silent(self) -> bool:
        """Tell whether nothing is handed out."""
        return self is State.PAUSED or self is State.PREPARING or self is State.FAILED


class Action(StrEnum):
    """What can happen to a stream."""

    PREPARE = "prepare"
    BEGIN = "begin"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    COMPLETE = "complete"
    FAIL = "fail"


class PauseReason(StrEnum):
    """Reason for which a stream is paused."""

    USER = "user"
    MEMORY = "memory"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PREPARING, Action.PREPARE): State.PREPARING,
    (State.PREPARING, Action.BEGIN): State.RUNNING,
    (State.PREPARING, Action.PAUSE): State.PAUSED,
    (State.PREPARING, Action.STOP): State.STOPPED,
    (State.PREPARING, Action.FAIL): State.FAILED,
    (State.RUNNING, Action.PAUSE): State.PAUSED,
    (State.RUNNING, Action.RESUME): State.RUNNING,
    (State.RUNNING, Action.STOP): State.STOPPED,
    (State.RUNNING, Action.COMPLETE): State.COMPLETED,
    (State.RUNNING, Action.FAIL): State.FAILED,
    (State.PAUSED, Action.PREPARE): State.PREPARING,
    (State.PAUSED, Action.BEGIN): State.PAUSED,
    (State.PAUSED, Action.PAUSE): State.PAUSED,
    (State.PAUSED, Action.RESUME): State.RUNNING,
    (State.PAUSED, Action.STOP): State.STOPPED,
    (State.PAUSED, Action.FAIL): State.FAILED,
    (State.STOPPED, Action.STOP): State.STOPPED,
    (State.COMPLETED, Action.STOP): State.COMPLETED,
    (State.FAILED, Action.STOP): State.FAILED,
}
"""Every legal transition.  An action that leads to the present state is legal, so calls can be retried."""


def after(state: State, action: Action) -> State:
    """Return the state that `action` leads to, or raise `NoActiveStream` if it is illegal."""
    try:
        return TRANSITIONS[state, action]
    except KeyError:
        message = f"A stream that is {state} cannot {action}."
        raise NoActiveStream(message, {"state": str(state)}) from None
