"""Warming up."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROGRAM = """
from importlib import import_module
from pathlib import Path

from datasynth.generation.journal import Journal
from datasynth.generation.warm import warm_up
from tests.generation.configs import make_config

warm_up()
kernels = {}
for path in sorted(Path("datasynth/generation/kernels").rglob("[!_]*.py")):
    module = import_module(".".join(path.with_suffix("").parts))
    for name, found in vars(module).items():
        if hasattr(found, "signatures") and found.__module__ == module.__name__:
            kernels[f"{path.stem}.{name}"] = found
before = {name: len(found.signatures) for name, found in kernels.items()}
for companies in (1, 3):
    journal = Journal(make_config(3_000, months=companies, companies=companies))
    journal = journal.trigger("year_end", 7)[0].trigger("month_end", 1_000)[0]
    journal.block(0, journal.total)
    journal.posting_day(9)
    journal.balances(journal.total // 2)
    journal.open_items(journal.total // 2, None, 0, 10**6)
after = {name: len(found.signatures) for name, found in kernels.items()}
print("grown", [name for name in kernels if after[name] > before[name]])
print("entered", sorted(name for name in kernels if name.split(".")[1] in ENTRIES and not before[name]))
print("seen", len([name for name in kernels if name.split(".")[1] in ENTRIES]))
"""
ENTRIES = {
    "add_cases",
    "add_item_lines",
    "add_drawn",
    "add_gained",
    "add_right_cases",
    "add_right_days",
    "add_wrong",
    "add_wrong_days",
    "advance_classes",
    "bound_cells",
    "bound_steps",
    "choose_days",
    "choose_partners",
    "choose_alike",
    "count_at",
    "count_before",
    "count_step",
    "count_upto",
    "count_wrong",
    "days_of_wrong",
    "deal_total",
    "fill_block",
    "fill_combinations",
    "draw_cases",
    "drawn_item",
    "fill_draws",
    "fill_exp",
    "fill_log",
    "fill_quantile",
    "fill_step_days",
    "fill_vendor_numbers",
    "find_place",
    "find_starts",
    "fit_days",
    "keep_apart",
    "nth_wrong",
    "number_columns",
    "number_items",
    "opening_days",
    "pattern_row",
    "place_and_deal",
    "posted_amount",
    "rank_series",
    "scale_table",
    "sum_days",
    "sum_debits",
    "sum_units",
    "tabulate_wrong",
    "thinned",
    "uuid_high",
    "uuid_low",
    "value_open",
    "write_posting",
    "wrong_number",
}
"""Kernels that Python calls; the others are called by these."""


def test_after_warming_up_nothing_is_compiled() -> None:
    """Journals of other companies, months and triggers need no version of a kernel that was not there."""
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_DISABLE_JIT"}
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", f"ENTRIES = {sorted(ENTRIES)}\n{PROGRAM}"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "" == done.stderr
    assert ["grown []", "entered []", f"seen {len(ENTRIES)}"] == done.stdout.splitlines()
