"""The declaration of a section: a frozen value whose keys say what they may hold, their default and meaning.

A key is declared once.  Its marshmallow field, its default, its JSON Schema and
the texts that people read about it come from the declaration.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from datasynth.config.fields import Key

T = TypeVar("T")


def key(kind: Key[T], usual: T | None, meaning: str) -> T:
    """Declare a key that holds a value.

    Parameters
    ----------
    kind
        What the value may be.
    usual
        The default; None if presets have it, or there is none.
    meaning
        One sentence of what the key does, for people.
    """
    own = copy(kind)
    own.usual, own.meaning = usual, meaning
    declared: Any = field(metadata={"key": own})
    return declared  # type: ignore[no-any-return]  # in a section it stands for the value


def named(name: str) -> Any:
    """Declare a section whose key Python cannot spell."""
    return field(metadata={"name": name})


@dataclass_transform(frozen_default=True, field_specifiers=(key, named))
def section(declared: type[T]) -> type[T]:
    """Turn a class into a frozen value; it declares keys by `key`, and sections inside it by their type.

    The first line of its docstring describes the section to people.
    """
    return dataclass(frozen=True, slots=True)(declared)
