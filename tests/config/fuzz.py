"""How property tests of this folder run: the same examples each time, on a machine of any speed."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

EXAMPLES = int(os.environ.get("CONFIG_FUZZ_EXAMPLES", "25"))
"""More of them, drawn afresh, when somebody asks for a longer search."""

fuzz = settings(
    deadline=None,
    max_examples=EXAMPLES,
    derandomize="CONFIG_FUZZ_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow],
    database=None,
)
