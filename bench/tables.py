"""Figures with their units, and how a table of them is printed."""

from __future__ import annotations

from dataclasses import dataclass

_STEPS = ((1e9, " G"), (1e6, " M"), (1e3, " k"))


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes
    ----------
    value
        In its basic unit.
    unit
        ``/s``, ``B/s``, ``s``, ``×``; ``B`` for a size.
    """

    value: float
    unit: str

    def __str__(self) -> str:
        """Print it with three digits."""
        if self.unit == "×":
            return f"{self.value:.2f} ×" if self.value < 100 else f"{self.value:.0f} ×"
        if self.unit == "s":
            return f"{_three(self.value)} s" if self.value >= 1 else f"{_three(self.value * 1e3)} ms"
        for size, letter in _STEPS:
            if self.value >= size:
                return f"{_three(self.value / size)}{letter}{self.unit.removesuffix('/s')}".rstrip()
        return f"{_three(self.value)} {self.unit.removesuffix('/s')}".rstrip()


@dataclass(frozen=True, slots=True)
class Table:
    """The figures of one group.

    Attributes
    ----------
    group
        Its name on the command line.
    title
        What was measured, under which conditions.
    columns
        Headings; the first stands over the names of the rows.
    rows
        A name, then a figure for each further column, or None where there is none.
    """

    group: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Figure | None, ...]], ...]

    def __str__(self) -> str:
        """Lay it out for a terminal; it is also a table in Markdown."""
        cells = [self.columns, *((name, *map(_cell, figures)) for name, figures in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        printed = [_row(row, widths) for row in cells]
        rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
        return "\n".join([f"{self.group}: {self.title}", "", printed[0], _row(rule, widths), *printed[1:]])

    def as_dict(self) -> dict[str, object]:
        """Return it for JSON, figures as plain numbers in basic units."""
        return {
            "group": self.group,
            "title": self.title,
            "rows": [
                {self.columns[0]: name, **dict(zip(self.columns[1:], map(_value, figures), strict=True))}
                for name, figures in self.rows
            ],
        }


def rate(per_second: float) -> Figure:
    """So many of something a second."""
    return Figure(per_second, "/s")


def volume(per_second: float) -> Figure:
    """So many bytes a second."""
    return Figure(per_second, "B/s")


def size(count: float) -> Figure:
    """So many bytes."""
    return Figure(count, "B")


def seconds(time: float) -> Figure:
    """A time. [s]"""
    return Figure(time, "s")


def ratio(figure: float, other: float) -> Figure:
    """How many times `other` a figure is."""
    return Figure(figure / other, "×")


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _cell(figure: Figure | None) -> str:
    return "" if figure is None else str(figure)


def _value(figure: Figure | None) -> dict[str, object] | None:
    return None if figure is None else {"value": figure.value, "unit": figure.unit}


def _row(cells: tuple[str, ...] | list[str], widths: list[int]) -> str:
    first, *others = cells
    padded = [
        first.ljust(widths[0]),
        *(cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)),
    ]
    return f"| {' | '.join(padded)} |"
