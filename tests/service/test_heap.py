"""Giving memory back."""

from __future__ import annotations

from datasynth.service.heap import release_function


def test_memory_can_be_given_back_any_time() -> None:
    """Whatever the C library, there is a function to call, and it may be called again and again."""
    release = release_function()
    release()
    release()
