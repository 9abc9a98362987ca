"""Who enters and approves documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.columns.headers import Staff
from datasynth.generation.parties.directory import staff_sizes
from datasynth.ledger.exchange import local_limits
from datasynth.ledger.processes import SOURCES
from datasynth.ledger.roles import ROLES, approvers

if TYPE_CHECKING:
    from datasynth.config.model import Config

_BY_HAND = ("manual", "adjustment", "reversal")
_ROLES = list(ROLES)


def make_staff(config: Config) -> Staff:
    """Number the users of a configuration: company by company, role by role."""
    size = np.array(list(staff_sizes(config).values()), dtype=np.int32)
    offset = np.add.accumulate(size) - size
    first = [offset + int(size.sum()) * company for company in range(len(config.companies))]
    thresholds = config.approval.thresholds
    return Staff(
        np.array(first, dtype=np.int32),
        size,
        np.array(
            [local_limits(thresholds, company.currency) for company in config.companies], dtype=np.int64
        ),
        np.array([_ROLES.index(role) for role in approvers(thresholds)], dtype=np.int8),
        np.array([source in _BY_HAND for source in SOURCES], dtype=np.int8),
    )
