"""How busy the months of a year are in each industry."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

SEASONS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        "manufacturing": (0.90, 0.95, 1.0, 1.05, 1.0, 0.95, 0.85, 0.90, 1.05, 1.10, 1.05, 0.85),
        "retail": (0.75, 0.70, 0.85, 0.90, 0.95, 0.90, 0.85, 0.90, 0.95, 1.10, 1.40, 1.75),
        "financial_services": (1.05, 0.95, 1.15, 1.0, 0.95, 1.15, 0.9, 0.9, 1.15, 1.0, 0.95, 1.25),
        "healthcare": (1.15, 1.10, 1.0, 0.95, 0.9, 0.9, 0.85, 0.9, 0.95, 1.0, 1.05, 1.10),
        "technology": (0.95, 0.95, 1.0, 1.0, 1.0, 1.0, 0.95, 0.95, 1.05, 1.05, 1.0, 1.05),
        "professional_services": (0.95, 1.10, 1.15, 1.10, 1.0, 0.95, 0.80, 0.80, 1.0, 1.10, 1.10, 0.95),
        "energy": (1.20, 1.15, 1.0, 0.90, 0.85, 0.95, 1.05, 1.05, 0.90, 0.85, 1.0, 1.15),
        "transportation": (0.85, 0.85, 0.95, 0.95, 1.0, 1.05, 1.05, 1.10, 1.0, 1.05, 1.15, 1.15),
        "real_estate": (0.80, 0.85, 1.05, 1.10, 1.15, 1.15, 1.10, 1.05, 0.95, 0.95, 0.90, 0.95),
        "telecommunications": (0.95, 0.90, 0.95, 0.95, 0.95, 0.95, 0.95, 1.05, 1.10, 1.0, 1.10, 1.15),
    }
)
"""Activity of January to December by industry, relative to an ordinary month.

Monthly profiles that the field has published where there is one, flat-topped
guesses in their spirit where there is none.
"""
EVEN = (1.0,) * 12
"""All months alike."""
