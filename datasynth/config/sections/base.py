"""What all sections share: known keys only, a frozen value at the end, and sums."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from marshmallow import Schema, ValidationError, post_load

from datasynth.config.list_fields import SUM_TOLERANCE, misses_one
from datasynth.config.problems import UNKNOWN_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

NOT_AN_OBJECT = "Must be an object of keys and values."


class SectionSchema(Schema):
    """A section whose keys are all known.

    Attributes
    ----------
    builds
        Dataclass that a valid section becomes.
    """

    # marshmallow declares this attribute, and not as a class variable.
    error_messages = {"unknown": UNKNOWN_KEY, "type": NOT_AN_OBJECT}  # noqa: RUF012
    builds: ClassVar[type[Any]]

    @post_load
    def _build(self, data: dict[str, Any], **_: object) -> object:
        return self.builds(**data)


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: ``a, b and c``."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def refuse_other_sums(data: Mapping[str, float], names: Sequence[str]) -> None:
    """Refuse shares that miss one; where a share is missing or wrong, that is problem enough.

    Parameters
    ----------
    data
        The values of a section that are right by themselves.
    names
        Which of them are the shares.
    """
    if not data.keys() >= set(names):
        return
    total = sum(data[name] for name in names)
    if misses_one(total):
        raise ValidationError(
            f"{listed(names)} must sum to 1 (give or take {SUM_TOLERANCE}); they sum to {total:.6g}."
        )


def refuse_sums_above(data: Mapping[str, float], names: Sequence[str], most: float) -> None:
    """Refuse shares that together leave too little for the rest; parameters as above."""
    if not data.keys() >= set(names):
        return
    total = sum(data[name] for name in names)
    if total > most + 1e-9:
        raise ValidationError(f"{listed(names)} may sum to at most {most}; they sum to {total:.6g}.")
