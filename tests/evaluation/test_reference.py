"""The reference of the checks."""

from __future__ import annotations

import re
from pathlib import Path

from datasynth.evaluation import evaluate
from datasynth.evaluation.report import TITLES
from tests.evaluation.shapes import good_config, good_shapes

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "verify.md"
OPEN = {"source": "<source>", "process": "<process>", "company": "<code>"}


def _listed(name: str) -> str:
    """How the page spells a check: one row stands for the counts of a table and the words of a list."""
    if re.fullmatch(r"lines\.[2-9]", name):
        return "lines.2"
    kind = re.fullmatch(r"mix\.(source|process|company)_(?!others)\w+", name)
    return f"mix.{kind[1]}_{OPEN[kind[1]]}" if kind else name


def test_every_check_is_named() -> None:
    """The page has a row for each check, and no check that there is not."""
    checks = {_listed(check.name) for check in evaluate(good_shapes(), good_config()).checks}
    named = set(re.findall(rf"`((?:{'|'.join(TITLES)})\.[\w<>]+)`", PAGE.read_text("utf-8"))) - {"lines.9"}

    assert named == checks
