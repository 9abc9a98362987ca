"""Where documents of different manners usually come from."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MANNERS: Mapping[str, tuple[int, int, int, int]] = MappingProxyType(
    {
        "interface": (60, 900, 30, 1),
        "hand": (650, 330, 10, 10),
        "run": (5, 800, 190, 1),
        "standing": (10, 90, 900, 1),
        "journal": (650, 60, 40, 250),
        "reversal": (1, 1, 1, 1),
    }
)
"""How often a document of a manner is manual, automated, recurring or an
adjustment, before the shares that a configuration asks for; our judgement.
None is nil, so that every configuration can be met.  Reversals are a source of
their own. [permille]"""
