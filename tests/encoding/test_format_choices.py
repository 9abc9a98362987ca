"""Choices of a format."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

from datasynth.encoding import (
    Amounts,
    Compression,
    Dialect,
    EntriesFormat,
    FileFormat,
    FormatChoices,
    View,
    field_names,
)


def _exists(file: FileFormat, view: View, compression: Compression | None) -> bool:
    with suppress(ValueError):
        EntriesFormat(file, view, compression=compression)
        return True
    return False


def test_what_a_format_has() -> None:
    """A view and a compression have no problems exactly where there is such a format."""
    for file, view, compression in product(FileFormat, View, [None, *Compression]):
        choices = FormatChoices(file, view, compression=compression)

        assert _exists(file, view, compression) == (not choices.problems()), choices


def test_every_problem_at_once() -> None:
    """Each choice that does not fit has its sentence."""
    choices = FormatChoices(
        FileFormat.NDJSON,
        View.LINE,
        Amounts.MINOR,
        Compression.SNAPPY,
        header=True,
        excel=True,
        decimal_comma=True,
    )

    assert {
        "amounts": "The format ndjson has amounts as text.",
        "compression": "The format ndjson has no compression snappy; it has: none, gzip, zstd.",
        "header": "The format ndjson has no header.",
        "dialect": "The format ndjson has no dialect.",
    } == choices.problems()
    assert {"decimal": "Only the dialect excel has decimal commas."} == FormatChoices(
        FileFormat.CSV, View.LINE, decimal_comma=True
    ).problems()


def test_fields() -> None:
    """Fields are those of the view, each once; none at all are all."""
    for view in View:
        names = field_names(view)

        assert {} == FormatChoices(FileFormat.PARQUET, view, fields=names).problems()
        assert {"fields": "Each field can be given only once."} == FormatChoices(
            FileFormat.PARQUET, view, fields=(*names, names[0])
        ).problems()
        strange = FormatChoices(FileFormat.PARQUET, view, fields=("debit", "debti")).problems()
        assert strange["fields"].startswith("debti: Unknown field. Did you mean debit?")


def test_the_format_of_choices() -> None:
    """What was chosen is in the format, and defaults where nothing was."""
    chosen = FormatChoices(
        FileFormat.CSV,
        View.LINE,
        compression=Compression.ZSTD,
        header=False,
        excel=True,
        decimal_comma=True,
        fields=("debit",),
    )

    assert EntriesFormat(
        FileFormat.CSV,
        compression=Compression.ZSTD,
        fields=("debit",),
        company="1000",
        header=False,
        dialect=Dialect.EXCEL_COMMA,
    ) == chosen.format("1000")
    assert EntriesFormat(FileFormat.ARROW, footer=True) == FormatChoices(FileFormat.ARROW, View.LINE).format(
        "", footer=True
    )
