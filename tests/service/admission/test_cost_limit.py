"""What a configuration may cost."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from datasynth.config import ConfigDocument
from datasynth.errors import InvalidConfiguration
from datasynth.service.admission.cost_limit import MOST_BYTES, CostLimit, refuse_above

if TYPE_CHECKING:
    from datasynth.config.model import Config

CONFIG = ConfigDocument.defaults().config
GIGABYTE = 1_000_000_000


def costing(size: int) -> Config:
    """Return a configuration that is estimated to take so much; its seed says so."""
    return replace(CONFIG, general=replace(CONFIG.general, seed=size))


class Scale:
    """What the server and the next journal take, as a test says."""

    def __init__(self, limit: int | None, machine: int = 0) -> None:
        self.resident = 300_000_000
        self.cost_limit = CostLimit(lambda config: config.general.seed, limit, lambda: self.resident, machine)

    def refuses(self, journal: int) -> bool:
        try:
            self.cost_limit.check(costing(journal))
        except InvalidConfiguration:
            return True
        return False


def test_limit_less_the_idle_server_is_what_there_is() -> None:
    """A journal may take 85 per cent of the limit less what the server took when it had warmed up."""
    scale = Scale(GIGABYTE)
    scale.resident = 350_000_000
    scale.cost_limit.note_idle()
    scale.resident = 800_000_000

    assert 500_000_000 == scale.cost_limit.one == scale.cost_limit.all
    assert (False, True) == (scale.refuses(500_000_000), scale.refuses(500_000_001))


def test_without_a_limit_two_gigabytes_are_the_most() -> None:
    """One journal may take two gigabytes, and all together half of the machine if that is more."""
    scale = Scale(None, machine=16 * GIGABYTE)
    assert (False, True) == (scale.refuses(MOST_BYTES), scale.refuses(MOST_BYTES + 1))

    assert 8 * GIGABYTE == scale.cost_limit.all
    assert MOST_BYTES == Scale(None, machine=GIGABYTE).cost_limit.all


def test_server_that_is_too_large_by_itself_judges_no_cost() -> None:
    """Where the limit is below the idle server, memory is what refuses work, not a configuration's cost."""
    assert not Scale(300_000_000).refuses(GIGABYTE)


def test_refusal_has_both_figures() -> None:
    """Message and details tell what is needed and what there is."""
    with pytest.raises(InvalidConfiguration) as caught:
        refuse_above(500_000_000, 1_234_567_890, "The memory limit allows")

    assert {"estimated_bytes": 1_234_567_890, "allowed_bytes": 500_000_000} == caught.value.details
    assert "about 1,235 MB. The memory limit allows up to 500 MB" in caught.value.message


def test_equal_configurations_are_estimated_once() -> None:
    """An estimate takes a while, and each call about the configuration in force asks for it."""
    asked: list[int] = []

    def estimate(config: Config) -> int:
        asked.append(config.general.seed)
        return config.general.seed

    cost_limit = CostLimit(estimate, None, lambda: 0, GIGABYTE)
    for size in (1, 2, 1, 2):
        cost_limit.check(costing(size))

    assert [1, 2] == asked
