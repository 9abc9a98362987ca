"""The request that starts a stream."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self, TypeGuard

from datasynth.config import MOST_ENTRIES, plain, too_many, unknown_key
from datasynth.errors import InvalidConfiguration, InvalidRequest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from datasynth.config.merge import ConfigDocument
    from datasynth.config.model import Config

FASTEST = 100_000_000.0
"""Highest rate of a request. [entries/s]"""

LONGEST_WAIT = 3_600.0
"""Longest wait for a first subscriber in a request. [s]"""

SUBSCRIBER_WAIT = 5.0
"""Default wait of a stream without a rate for its first subscriber. [s]"""


@dataclass(frozen=True, slots=True)
class StartRequest:
    """A valid request; None for a key that it does not give.

    Attributes
    ----------
    count
        Entries of this stream, instead of the configured target count.
    entries_per_second
        Rate at which the clock moves the head. [entries/s]
    config
        Partial document, merged for this stream only.
    """

    count: int | None = None
    entries_per_second: float | None = None
    config: Mapping[str, object] | None = None
    wait_for_subscriber: float | None = None

    @classmethod
    def parse(cls, body: Mapping[str, object]) -> Self:
        """Read a request's body; null means the same as nothing.

        Raises
        ------
        InvalidRequest
            With every problem, by key, in ``details``.
        """
        sentences = {key: _problem(key, value) for key, value in body.items()}
        problems = {key: [problem] for key, problem in sentences.items() if problem is not None}
        if problems:
            raise InvalidRequest("The stream cannot be started like this.", problems)
        known = {key: value if key == "config" else plain(value) for key, value in body.items()}
        return cls(**known)  # type: ignore[arg-type]  # the checks have just seen to the types

    @property
    def wait(self) -> float:
        """How long the stream waits for its first subscriber. [s]"""
        if self.wait_for_subscriber is not None:
            return self.wait_for_subscriber
        return 0.0 if self.entries_per_second is not None else SUBSCRIBER_WAIT

    def apply(self, document: ConfigDocument) -> Config:
        """Return the configuration of the requested stream.

        Raises
        ------
        InvalidConfiguration
            With every problem by its path in the request's body.
        """
        try:
            merged = document if self.config is None else document.merge(self.config)
        except InvalidConfiguration as error:
            details = {f"config.{path}": problems for path, problems in error.details.items()}
            raise InvalidConfiguration(error.message, details) from error
        config = merged.config
        if self.count is None:
            return config
        # Its bounds are checked already; here follow those that depend on other keys.
        problem = too_many(config, self.count)
        if problem:
            raise InvalidConfiguration(
                f"The configuration is not valid. count: {problem}", {"count": [problem]}
            )
        return replace(config, transactions=replace(config.transactions, target_count=self.count))


def _problem(key: str, value: object) -> str | None:
    if key not in _CHECKS:
        return unknown_key(key, tuple(_CHECKS))
    fits, sentence = _CHECKS[key]
    return None if value is None or fits(value) else sentence


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ENTRIES


_CHECKS: dict[str, tuple[Callable[[object], bool], str]] = {
    "count": (_is_count, f"Must be a whole number from 1 to {MOST_ENTRIES:,}."),
    "entries_per_second": (
        lambda value: _is_number(value) and 0 < value <= FASTEST,
        f"Must be a number above 0 and at most {FASTEST:,.0f}.",
    ),
    "config": (lambda value: isinstance(value, dict), "Must be an object."),
    "wait_for_subscriber": (
        lambda value: _is_number(value) and 0 <= value <= LONGEST_WAIT,
        f"Must be a number of seconds from 0 to {LONGEST_WAIT:,.0f}.",
    ),
}
"""Keys of the body: the check of a value, and the sentence for a value that fails it."""
