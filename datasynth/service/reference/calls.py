"""All calls for reference data, tables and reports."""

from __future__ import annotations

from datasynth.service.reference.reports import REPORTS, ReferenceReport
from datasynth.service.reference.tables import TABLES, ReferenceTable

ReferenceCall = ReferenceTable | ReferenceReport

CALLS: tuple[ReferenceCall, ...] = (*TABLES, *REPORTS)
"""In the order of the reference page."""
