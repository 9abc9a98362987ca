"""What goes along with a build."""

from __future__ import annotations

from datasynth.generation.build_context import ALONE, BuildContext, carry_on


def test_a_build_alone_shares_nothing() -> None:
    """Without a maker every part is made, and nothing ends the build."""
    assert ["a", "b"] == [ALONE.parts.take("key", part.lower, len) for part in ("a", "b")]
    assert ALONE.checkpoint is carry_on


def test_builds_of_their_own_share_nothing_with_one_another() -> None:
    """Parts are only shared where they are handed over."""
    assert BuildContext().parts is not BuildContext().parts
