"""The figures of a sweep as a page of the documentation, beside those of others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.trials import GROUPS, LARGE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.outcomes import Outcome, ReportedCheck

BEGIN, END = "<!-- made by make verify-all: begin -->", "<!-- made by make verify-all: end -->"
"""Between them the page is replaced; what stands around them is written by people."""

DEFAULT = "manufacturing"
NOTHING = "–"
PERCENT, PLAIN, COUNT = "percent", "plain", "count"


@dataclass(frozen=True, slots=True)
class Row:
    """A figure of the page.

    Attributes
    ----------
    title
        What it is called.
    check
        Which check it is the figure of; empty for the mean number of lines.
    form
        `PERCENT`, `PLAIN` or `COUNT`.
    real
        What real ledgers have.
    other
        What a default run of the reference implementation has.
    drawn
        What its sampler of line counts gives when it is drawn from alone.
    """

    title: str
    check: str
    form: str
    real: str = NOTHING
    other: str = NOTHING
    drawn: str = NOTHING


# Real: the table of line counts of Ivertowski, Barnard and Braun (2024), over 364 million entries.
# Other: DataSynth 2.1.0, its default, one run of 100,295 entries.  Drawn: 2 million draws.
LINE_COUNTS = (
    Row("2", "lines.2", PERCENT, "60.68 %", "61.4 %", "55.9 %"),
    Row("3", "lines.3", PERCENT, "5.77 %", "7.8 %", "9.0 %"),
    Row("4", "lines.4", PERCENT, "16.63 %", "16.2 %", "18.5 %"),
    Row("5", "lines.5", PERCENT, "3.06 %", "1.3 %", "1.6 %"),
    Row("6", "lines.6", PERCENT, "3.32 %", "4.2 %"),
    Row("7", "lines.7", PERCENT, "1.13 %", "0.4 %"),
    Row("8", "lines.8", PERCENT, "1.88 %", "2.1 %"),
    Row("9", "lines.9", PERCENT, "0.42 %", "0.2 %"),
    Row("10–99", "lines.10_99", PERCENT, "6.33 %", "5.7 %"),
    Row("100–999", "lines.100_999", PERCENT, "0.76 %", "0.8 % from 100 up"),
    Row("even", "lines.even", PERCENT, "88 %", "89.6 %"),
    Row("as many debits as credits", "lines.equal", PERCENT, "82 %", "87.8 %", "85.6 %"),
    Row("mean", "", PLAIN, "4.3–5.0; 6.6 in that table", "10.8", "11.4"),
)

# Real: aggregate statistics of client ledgers that the makers of the reference implementation have published.
SHAPES = (
    Row("first digits, deviation", "amounts.first_digit", PLAIN, "0.0081", "0.0060"),
    Row("first two digits, deviation", "amounts.first_two_digits", PLAIN),
    Row("ln of line amounts, standard deviation", "amounts.spread", PLAIN, "2.46", "3.6"),
    Row("entries posted before their predecessor", "dates.order", COUNT, other="44 %"),
    Row("entries posted outside the period", "dates.period", COUNT, other="2,011"),
    Row("document types", "mix.document_types", COUNT, "46 and more", "10"),
    Row("entropy of document types, nats", "mix.entropy", PLAIN, "3.4–3.9", "1.44"),
    Row("lines on the busiest tenth of accounts", "concentration.accounts", PERCENT, "95 %", "16 %"),
    Row("entries with a pattern of an earlier entry", "concentration.recurring", PERCENT, "97 %"),
    Row("entries with one of the 50 commonest patterns", "concentration.commonest", PERCENT, "65 %"),
    Row("near-copies of six lines or more, over chance", "twins.lines_6", PLAIN),
    Row("near-copies of ten lines or more, over chance", "twins.lines_10", PLAIN),
    Row("documents with the amounts of another partner's", "repeats.partners", COUNT),
    Row("documents without a partner with the amounts of others", "repeats.unnamed", COUNT),
    Row("reversals", "reversals.share", PERCENT, "10 %", "none"),
    Row("in foreign currency", "currency.share", PERCENT, "3.5 %", "none"),
    Row(
        "control accounts that differ from their open items",
        "ties.control_end",
        COUNT,
        other="receivables, payables",
    ),
    Row("companies whose books do not tie", "ties.equation", COUNT, other="off by 11.4 million"),
)


def write_page(page: Path, outcomes: Sequence[Outcome], about: Mapping[str, str]) -> None:
    """Replace the figures of a page.

    Parameters
    ----------
    page
        A Markdown file with `BEGIN` and `END` in it.
    outcomes
        Of a sweep.
    about
        Machine, versions and day.

    Raises
    ------
    ValueError
        The page has no place for figures.
    """
    text = page.read_text("utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{page} has no place for figures: {BEGIN} … {END}")
    page.write_text(f"{before}{BEGIN}\n\n{figures(outcomes, about)}\n\n{END}{after}", "utf-8")


def figures(outcomes: Sequence[Outcome], about: Mapping[str, str]) -> str:
    """Return the tables of the page, as Markdown."""
    presets = [outcome for outcome in outcomes if outcome.trial.group == "presets"]
    default = [outcome for outcome in presets if outcome.trial.name == DEFAULT]
    large = [outcome for outcome in outcomes if outcome.trial.group == "large"]
    columns: dict[str, Callable[[Row], str]] = {
        "real ledgers": lambda row: row.real,
        "bounds": lambda row: _bounds(row, default),
        "the default": lambda row: _range(row, default),
        "ten industries": lambda row: _range(row, presets),
        f"{LARGE // 1_000_000} million": lambda row: _range(row, large),
        "DataSynth 2.1.0": lambda row: row.other,
    }
    drawn: dict[str, Callable[[Row], str]] = {"its sampler": lambda row: row.drawn}
    return "\n\n".join(
        [
            f"Made with datasynth {about['datasynth']} on {about['date']}.",
            "## What was checked",
            _judged(outcomes),
            "## Lines per entry",
            _table("lines", LINE_COUNTS, {**columns, **drawn}),
            "## Other shapes",
            _table("figure", SHAPES, columns),
        ]
    )


def _judged(outcomes: Sequence[Outcome]) -> str:
    rows = [("group", "data sets", "entries", "checks of each", "green", "red checks")]
    for group in GROUPS:
        of_group = [outcome for outcome in outcomes if outcome.trial.group == group]
        if not of_group:
            continue
        counts = sorted({outcome.trial.count for outcome in of_group})
        counted = sorted({outcome.counted for outcome in of_group})
        red = sorted(
            {name for outcome in of_group for name in [*outcome.red, *filter(None, [outcome.trouble])]}
        )
        rows.append(
            (
                group,
                str(len(of_group)),
                " and ".join(f"{count:,}" for count in counts),
                _span([str(count) for count in counted]),
                str(sum(outcome.green for outcome in of_group)),
                ", ".join(red) or "none",
            )
        )
    return _markdown(rows)


def _table(first: str, rows: Sequence[Row], columns: Mapping[str, Callable[[Row], str]]) -> str:
    body = [(row.title, *(column(row) for column in columns.values())) for row in rows]
    return _markdown([(first, *columns), *body])


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    heading, *body = rows
    rule = ["---", *("---:" for _ in heading[1:])]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heading, rule, *body))


def _range(row: Row, outcomes: Sequence[Outcome]) -> str:
    values = sorted(value for outcome in outcomes if (value := _value(row, outcome)) is not None)
    return _span([_printed(values[0], row.form), _printed(values[-1], row.form)]) if values else NOTHING


def _value(row: Row, outcome: Outcome) -> float | None:
    if not row.check:
        return outcome.lines / outcome.entries if outcome.entries else None
    check = outcome.checks.get(row.check)
    return None if check is None else check.figure


def _bounds(row: Row, outcomes: Sequence[Outcome]) -> str:
    """Print the bounds of the first data set; those of others differ by what their own size allows."""
    check: ReportedCheck | None = next(
        (outcome.checks[row.check] for outcome in outcomes if row.check in outcome.checks), None
    )
    if check is None:
        return NOTHING
    low, high = (None if bound is None else _printed(bound, row.form) for bound in (check.low, check.high))
    if low is None or high is None:
        return NOTHING if low == high else f"≤ {high}" if low is None else f"≥ {low}"
    return _span([low, high])


def _span(words: Sequence[str]) -> str:
    """Join the first and the last of some figures, unless they are the same."""
    first, last = words[0], words[-1]
    return last if first == last else f"{first.removesuffix(' %')}–{last}"


def _printed(value: float, form: str) -> str:
    if form == PERCENT:
        return f"{100 * value:.2f} %"
    if form == COUNT:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.4f}"
