"""What people choose of a format, key by key, and what of it does not go together."""

from __future__ import annotations

from typing import NamedTuple

from datasynth.config import unknown_key
from datasynth.encoding.entries_format import (
    COMPRESSIONS,
    TEXTS,
    VIEWS,
    Amounts,
    Compression,
    Dialect,
    EntriesFormat,
    FileFormat,
    View,
    field_names,
)


class FormatChoices(NamedTuple):
    """What was chosen; None where nothing was.

    Attributes
    ----------
    file, view
        The format and the view, which always are something.
    amounts, compression, header
        As in `EntriesFormat`.
    excel
        Whether the dialect of Excel was chosen.
    decimal_comma
        Whether decimal commas were chosen, which only that dialect has.
    fields
        Names of fields, as they were given.
    """

    file: FileFormat
    view: View
    amounts: Amounts | None = None
    compression: Compression | None = None
    header: bool | None = None
    excel: bool = False
    decimal_comma: bool = False
    fields: tuple[str, ...] | None = None

    def problems(self) -> dict[str, str]:
        """Return a sentence for each choice that the format does not have, by its key."""
        compressions = COMPRESSIONS[self.file]
        csv = self.file is FileFormat.CSV
        unfit = {
            "view": (self.view not in VIEWS[self.file], f"has no view {self.view}"),
            "amounts": (self.amounts is not None and self.file in TEXTS, "has amounts as text"),
            "compression": (
                self.compression not in {None, *compressions},
                f"has no compression {self.compression}; it has: {', '.join(compressions)}",
            ),
            "header": (self.header is not None and not csv, "has no header"),
            "dialect": (self.excel and not csv, "has no dialect"),
        }
        found = {
            key: f"The format {self.file} {what}." for key, (is_unfit, what) in unfit.items() if is_unfit
        }
        if self.decimal_comma and not self.excel:
            found["decimal"] = "Only the dialect excel has decimal commas."
        if self.fields is not None and (fault := _fault_of_fields(self.fields, self.view)):
            found["fields"] = fault
        return found

    def format(self, company: str, *, footer: bool = False) -> EntriesFormat:
        """Return the format of these choices, which have no problems.

        Parameters
        ----------
        company
            Code of the company whose entries are written; empty for all.
        footer
            Whether Arrow is a file, not a stream.
        """
        excel = Dialect.EXCEL_COMMA if self.decimal_comma else Dialect.EXCEL
        return EntriesFormat(
            self.file,
            self.view,
            self.amounts or Amounts.DECIMAL,
            self.compression,
            self.fields or (),
            company,
            header=self.header is not False,
            footer=footer,
            dialect=excel if self.excel else Dialect.RFC_4180,
        )


def _fault_of_fields(names: tuple[str, ...], view: View) -> str | None:
    known = field_names(view)
    for name in names:
        if name not in known:
            return f"{name[:40]}: {unknown_key(name, known).replace('key', 'field')}"
    return "Each field can be given only once." if len(set(names)) < len(names) else None
