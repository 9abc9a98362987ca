"""Warming up."""

from __future__ import annotations

import gc

from datasynth.warm import warm_up


def test_what_is_loaded_is_not_looked_through_again() -> None:
    """The garbage collector leaves alone what was there by the time that everything is ready."""
    gc.unfreeze()
    warm_up()
    frozen = gc.get_freeze_count()
    gc.unfreeze()

    assert frozen > 10_000


def test_garbage_is_looked_for_as_often_as_before() -> None:
    """What spares the compiler does not stay."""
    before = gc.get_threshold()
    warm_up()
    gc.unfreeze()

    assert before == gc.get_threshold()
