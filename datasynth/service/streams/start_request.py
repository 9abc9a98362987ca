"""The request that starts a stream."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self, TypeGuard

from marshmallow import RAISE, Schema, ValidationError, fields

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


def _is_number(value: object) -> TypeGuard[float]:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_ENTRIES


def _is_rate(value: object) -> bool:
    return _is_number(value) and 0 < value <= FASTEST


def _is_wait(value: object) -> bool:
    return _is_number(value) and 0 <= value <= LONGEST_WAIT


class BodyKey(fields.Field[Any]):
    """A key of a body; null means the same as nothing.

    Parameters
    ----------
    meaning
        One sentence of what the key does.
    fits
        Whether a value is right.
    sentence
        The answer to a value that is not.
    json_schema
        What JSON Schema can say of the value.
    """

    def __init__(
        self, meaning: str, fits: Callable[[object], bool], sentence: str, **json_schema: object
    ) -> None:
        super().__init__(allow_none=True, metadata={"description": meaning})
        self._fits = fits
        self._sentence = sentence
        self._json_schema = json_schema

    def json_schema(self) -> dict[str, Any]:
        """Return what JSON Schema can say of the value."""
        return dict(self._json_schema)

    def _deserialize(self, value: object, *_: object, **__: object) -> object:
        if not self._fits(value):
            raise ValidationError(self._sentence)
        return value


class StartSchema(Schema):
    """The body that starts a stream; every key may be left out."""

    class Meta:
        """Unknown keys have a sentence of their own."""

        unknown = RAISE

    count = BodyKey(
        "Number of entries over the whole period; replaces `target_count`.",
        _is_count,
        f"Must be a whole number from 1 to {MOST_ENTRIES:,}.",
        type=["integer", "null"],
        minimum=1,
        maximum=MOST_ENTRIES,
    )
    entries_per_second = BodyKey(
        "Constant speed of the stream. [entries/s]",
        _is_rate,
        f"Must be a number above 0 and at most {FASTEST:,.0f}.",
        type=["number", "null"],
        exclusiveMinimum=0,
        maximum=FASTEST,
    )
    config = BodyKey(
        "A partial configuration for this stream only.",
        lambda value: isinstance(value, dict),
        "Must be an object.",
        anyOf=[{"$ref": "#/components/schemas/Config"}, {"type": "null"}],
    )
    wait_for_subscriber = BodyKey(
        "Longest wait for the first reader before the stream runs at full speed. [s]",
        _is_wait,
        f"Must be a number of seconds from 0 to {LONGEST_WAIT:,.0f}.",
        type=["number", "null"],
        minimum=0,
        maximum=LONGEST_WAIT,
    )


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
        schema = StartSchema()
        known = tuple(schema.fields)
        found = schema.validate(body)
        found |= {key: [unknown_key(key, known)] for key in body if key not in known}
        problems = {key: found[key] for key in body if key in found}
        if problems:
            raise InvalidRequest("The start request is not valid.", problems)
        # Not what the schema has loaded: a configuration remembers how its numbers were spelt.
        return cls(**{key: value if key == "config" else plain(value) for key, value in body.items()})  # type: ignore[arg-type]  # the schema has just seen to the types

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
