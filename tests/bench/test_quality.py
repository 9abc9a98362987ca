"""The figures of a sweep, as they stand on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bench.outcomes import Outcome, ReportedCheck
from bench.quality import BEGIN, END, figures, write_page
from bench.trials import Trial

if TYPE_CHECKING:
    from pathlib import Path

ABOUT = {"datasynth": "1.2.3", "date": "some day"}


def _outcome(name: str, share: float, *, group: str = "presets") -> Outcome:
    checks = {
        "lines.2": ReportedCheck(share, 0.59, 0.62, "pass"),
        "amounts.first_digit": ReportedCheck(share / 1_000, None, 0.006, "pass"),
        "mix.document_types": ReportedCheck(39, 20, None, "pass"),
        "dates.order": ReportedCheck(0, 0, 0, "fail" if name == "retail" else "pass"),
    }
    return Outcome(Trial(group, name, 1, 1_000, {}), 1_000, 4_700, checks)


def _row(text: str, title: str) -> list[str]:
    line = next(line for line in text.splitlines() if line.startswith(f"| {title} |"))
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


@pytest.fixture
def text() -> str:
    """The figures of three data sets."""
    return figures(
        [_outcome("manufacturing", 0.6), _outcome("manufacturing", 0.61), _outcome("retail", 0.62)], ABOUT
    )


def test_figures_are_ranges(text: str) -> None:
    """A figure is the range of the default, then of all industries, between bounds and what others have."""
    cells = ["60.68 %", "59.00–62.00 %", "60.00–61.00 %", "60.00–62.00 %", "–", "61.4 %", "55.9 %"]

    assert cells == _row(text, "2")


def test_bounds_on_one_side(text: str) -> None:
    """A check with one bound says which."""
    assert "≤ 0.0060" == _row(text, "first digits, deviation")[1]
    assert "≥ 20" == _row(text, "document types")[1]


def test_red_checks_are_named(text: str) -> None:
    """The first table tells how many data sets of a group are green, and which checks are not."""
    assert ["3", "1,000", "4", "2", "dates.order"] == _row(text, "presets")


def test_what_was_not_swept_is_left_out(text: str) -> None:
    """A figure that no data set of a column has is a dash, and a group that was not swept has no row."""
    assert "–" == _row(text, "mean")[4]
    assert "| large |" not in text


def test_every_row_has_as_many_cells_as_its_heading(text: str) -> None:
    """The tables are whole."""
    for block in text.split("\n\n"):
        if block.startswith("|"):
            assert len({line.count("|") for line in block.splitlines()}) == 1


def test_only_the_figures_are_replaced(tmp_path: Path) -> None:
    """What people have written around the figures stays, however often they are written."""
    page = tmp_path / "page.md"
    page.write_text(f"before\n\n{BEGIN}\nold\n{END}\n\nafter\n")
    for _ in range(2):
        write_page(page, [_outcome("manufacturing", 0.6)], ABOUT)
    written = page.read_text()

    assert (1, 1) == (written.count(BEGIN), written.count("## Lines per entry"))
    assert written.startswith(f"before\n\n{BEGIN}\n\nMade with datasynth 1.2.3 on some day.")
    assert written.endswith(f"{END}\n\nafter\n")


def test_a_page_without_a_place(tmp_path: Path) -> None:
    """A page that has no place for figures is left alone."""
    page = tmp_path / "page.md"
    page.write_text(f"{BEGIN} and no end")

    with pytest.raises(ValueError, match="no place for figures"):
        write_page(page, [], ABOUT)
    assert f"{BEGIN} and no end" == page.read_text()
