"""Shape 10: who enters, and who approves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.evaluation.columns import NEVER
from datasynth.evaluation.gates import Gate, no_faults
from datasynth.evaluation.money import limits

if TYPE_CHECKING:
    from datasynth.config.model import Config
    from datasynth.evaluation.dataset import Dataset


def check_approval(data: Dataset, config: Config) -> list[Gate]:
    """Judge users, approvers, their limits, and the order of entering and approving."""
    entries = data.entries
    known = data.users.known
    approved = entries.approved_by >= 0
    limit = limits(data, config)[entries.company_code]
    needed = data.of_source("manual", "adjustment") & (data.local_total > limit)
    self_approved = approved & (entries.approved_by == entries.created_by)
    beyond = approved & (data.users.approval_limit[entries.approved_by] < data.local_total)
    timed = entries.approved_at != NEVER
    unknown = ~known[entries.created_by] | (approved & ~known[entries.approved_by])
    return [
        no_faults("approval.users", unknown, "entries of, or approved by, users who are not listed"),
        no_faults(
            "approval.missing",
            needed & ~approved,
            f"entries by hand above {config.approval.thresholds[0]:,} dollars or so that nobody has approved",
        ),
        no_faults("approval.other", self_approved, "entries approved by those who entered them"),
        no_faults("approval.limit", beyond, "entries approved by somebody whose limit is lower"),
        no_faults(
            "approval.time",
            (timed != approved) | (timed & (entries.approved_at < entries.created_at)),
            "entries approved before they were created, or at no time",
        ),
    ]
