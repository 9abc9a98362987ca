"""How entries are written to be kept: the file format, and what of each entry is in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from datasynth.encoding.fields import DOCUMENT_FIELDS, LINE_FIELDS, ROW_FIELDS, RecordField
from datasynth.generation.block import BLOCK_ENTRIES


class FileFormat(StrEnum):
    """The file formats of entries."""

    NDJSON = "ndjson"
    CSV = "csv"
    ARROW = "arrow"
    PARQUET = "parquet"


class View(StrEnum):
    """What a record is: a line with the fields of its entry, or an entry with its lines."""

    LINE = "line"
    DOCUMENT = "document"


class Amounts(StrEnum):
    """How columns of Arrow and Parquet hold amounts.

    ``decimal`` is ``decimal128(23, 4)`` in every currency, ``minor`` whole minor units as
    ``int64``, and ``text`` a string with the currency's decimals, as in NDJSON.
    """

    DECIMAL = "decimal"
    MINOR = "minor"
    TEXT = "text"


class Dialect(StrEnum):
    """The dialects of CSV: that of RFC 4180, and two that Excel opens by a double click.

    Excel's begin with a byte order mark and have semicolons between values; ``excel-comma`` has decimal
    commas, as Excel expects in most of Europe and South America.
    """

    RFC_4180 = "rfc4180"
    EXCEL = "excel"
    EXCEL_COMMA = "excel-comma"


class Compression(StrEnum):
    """How a file is compressed.

    NDJSON and CSV are compressed as a whole, one gzip member or zstd frame after the
    other.  Arrow and Parquet compress their columns and remain Arrow and Parquet.
    """

    NONE = "none"
    GZIP = "gzip"
    SNAPPY = "snappy"
    ZSTD = "zstd"


ROW_GROUP_ENTRIES = 2 * BLOCK_ENTRIES
"""Entries of a row group of Parquet, some 80,000 lines; of smaller groups the footer would be long."""

TEXTS = frozenset({FileFormat.NDJSON, FileFormat.CSV})
"""The formats that are records of text, one after the other."""

COMPRESSIONS = {
    FileFormat.NDJSON: (Compression.NONE, Compression.GZIP, Compression.ZSTD),
    FileFormat.CSV: (Compression.NONE, Compression.GZIP, Compression.ZSTD),
    FileFormat.ARROW: (Compression.NONE, Compression.ZSTD),
    FileFormat.PARQUET: (Compression.SNAPPY, Compression.ZSTD, Compression.GZIP, Compression.NONE),
}
"""The compressions of each format, its default first."""

VIEWS = {
    FileFormat.NDJSON: (View.LINE, View.DOCUMENT),
    FileFormat.CSV: (View.LINE,),
    FileFormat.ARROW: (View.LINE, View.DOCUMENT),
    FileFormat.PARQUET: (View.LINE, View.DOCUMENT),
}
"""The views of each format, its default first."""


_PACKED = {Compression.GZIP: ".gz", Compression.ZSTD: ".zst"}


@dataclass(frozen=True, slots=True)
class EntriesFormat:
    """How a range of entries is written; two equal ones give equal bytes.

    Attributes
    ----------
    file, view, amounts
        See their types; text formats have no use for `amounts`.
    compression
        One of `COMPRESSIONS`; None for the format's default.
    fields
        Names of the fields that are written, in this order; empty for all.
    company
        Code of the company whose entries are written; empty for all.
    header
        Whether CSV begins with a row of names.
    footer
        Whether Arrow ends with the places of its batches, as a file has them that lies somewhere; else
        it is a stream.
    dialect
        Of CSV.
    """

    file: FileFormat = FileFormat.NDJSON
    view: View = View.LINE
    amounts: Amounts = Amounts.DECIMAL
    compression: Compression | None = None
    fields: tuple[str, ...] = ()
    company: str = ""
    header: bool = True
    footer: bool = False
    dialect: Dialect = Dialect.RFC_4180

    def __post_init__(self) -> None:
        """Refuse what the format does not have.

        Raises
        ------
        ValueError
            With a sentence that says so.
        """
        if self.view not in VIEWS[self.file]:
            raise ValueError(f"The format {self.file} has no view {self.view}.")
        if self.compression not in {None, *COMPRESSIONS[self.file]}:
            raise ValueError(
                f"The format {self.file} has no compression {self.compression}; "
                f"it has: {', '.join(COMPRESSIONS[self.file])}."
            )
        known = {field.name for field in (*self._all_entry_fields(), *self._all_line_fields())}
        strange = [name for name in self.fields if name not in known]
        if strange or len(set(self.fields)) < len(self.fields):
            raise ValueError(f"The fields of the view {self.view} are unknown or repeated: {self.fields}.")

    @property
    def packing(self) -> Compression:
        """The compression, or the default one."""
        return self.compression or COMPRESSIONS[self.file][0]

    @property
    def records(self) -> bool:
        """Whether it is records of text, any run of which can be cut out of it."""
        return self.file in TEXTS and self.packing is Compression.NONE

    @property
    def extension(self) -> str:
        """What the name of a file ends in, such as ``.csv.gz``."""
        name = ".arrows" if self.file is FileFormat.ARROW and not self.footer else f".{self.file}"
        return name + (_PACKED.get(self.packing, "") if self.file in TEXTS else "")

    @property
    def block_entries(self) -> int:
        """Entries that are encoded at a time; a file's bytes depend on it, unless it is plain records."""
        return ROW_GROUP_ENTRIES if self.file is FileFormat.PARQUET else BLOCK_ENTRIES

    @property
    def row_fields(self) -> tuple[RecordField, ...]:
        """The fields of the line view, in their order."""
        return _chosen(ROW_FIELDS, self.fields)

    @property
    def entry_fields(self) -> tuple[RecordField, ...]:
        """The fields of an entry in the document view, in their order."""
        return _chosen(self._all_entry_fields(), self.fields)

    @property
    def line_fields(self) -> tuple[RecordField, ...]:
        """The fields of a line in the document view, in their order."""
        return _chosen(LINE_FIELDS, self.fields)

    def _all_entry_fields(self) -> tuple[RecordField, ...]:
        return ROW_FIELDS if self.view is View.LINE else DOCUMENT_FIELDS

    def _all_line_fields(self) -> tuple[RecordField, ...]:
        return () if self.view is View.LINE else LINE_FIELDS


def field_names(view: View) -> tuple[str, ...]:
    """Return the names of all fields of a view, in their order."""
    fields = ROW_FIELDS if view is View.LINE else (*DOCUMENT_FIELDS, *LINE_FIELDS)
    return tuple(field.name for field in fields)


def _chosen(fields: tuple[RecordField, ...], names: tuple[str, ...]) -> tuple[RecordField, ...]:
    if not names:
        return fields
    by_name = {field.name: field for field in fields}
    return tuple(by_name[name] for name in names if name in by_name)


NDJSON_LINES = EntriesFormat()
NDJSON_DOCUMENTS = EntriesFormat(view=View.DOCUMENT)
CSV_LINES = EntriesFormat(file=FileFormat.CSV)
