"""Downloads in every format, compressed and cut, as clients ask for them."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import pyarrow as pa
import pytest
from pyarrow import parquet

from datasynth.encoding import Compression, EntriesFormat, FileFormat
from datasynth.generation.journal import Journal
from datasynth.service.downloads import measuring
from datasynth.service.threads.waker import ThreadWaker
from datasynth.transports.rest.app import RestOptions, build_app
from tests.transports.conftest import TOTAL

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from flask.testing import FlaskClient
    from werkzeug.test import TestResponse

    from datasynth.service.services import Services

COMPANIES = [{"code": "1000"}, {"code": "2000", "currency": "JPY", "country": "JP"}]


@pytest.fixture
def ledger(make_services: Callable[..., Services]) -> FlaskClient:
    """Speak to an application over the real journal of two companies."""
    services = make_services(rate_limit=0, make_journal=lambda config, _: Journal(config))
    services.config_store.merge({"companies": COMPANIES})
    return build_app(services, RestOptions(), ThreadWaker).test_client()


def get(client: FlaskClient, query: str, headers: Mapping[str, str] | None = None) -> TestResponse:
    """Download something that there is."""
    answer = client.get(f"/api/entries?{query}", headers=headers)
    assert answer.status_code in {200, 206}, answer.text
    return answer


def objects(answer: TestResponse) -> list[dict[str, Any]]:
    """Read NDJSON."""
    return [json.loads(line) for line in answer.data.splitlines()]


def table(answer: TestResponse) -> pa.Table:
    """Read Arrow or Parquet, as the media type says."""
    if answer.content_type == "application/vnd.apache.parquet":
        return parquet.read_table(io.BytesIO(answer.data))
    assert answer.content_type == "application/vnd.apache.arrow.stream"
    return pa.ipc.open_stream(answer.data).read_all()


@pytest.mark.parametrize(("format", "extension"), [("arrow", "arrows"), ("parquet", "parquet")])
@pytest.mark.parametrize("view", ["line", "document"])
def test_columns(ledger: FlaskClient, format: str, extension: str, view: str) -> None:
    """Arrow and Parquet have the rows of NDJSON, and a length."""
    answer = get(ledger, f"format={format}&view={view}&from=20&count=100")
    rows = table(answer).to_pylist()
    expected = objects(get(ledger, f"view={view}&from=20&count=100"))

    assert [row["document_id"] for row in expected] == [row["document_id"] for row in rows]
    assert list(expected[0]) == list(rows[0])
    assert len(answer.data) == answer.content_length
    assert answer.headers["Content-Disposition"].endswith(f'-from-20-count-100.{extension}"')


@pytest.mark.parametrize("format", ["arrow", "parquet"])
def test_an_empty_range(ledger: FlaskClient, format: str) -> None:
    """A range without entries has the schema of the whole."""
    empty, whole = (table(get(ledger, f"format={format}&{range_}")) for range_ in ("count=0", ""))

    assert 0 == empty.num_rows
    assert whole.schema == empty.schema


@pytest.mark.parametrize("format", ["arrow", "parquet", "ndjson&compression=gzip"])
def test_a_part_of_the_bytes(ledger: FlaskClient, format: str) -> None:
    """Readers of Parquet ask for the footer first, then for some columns."""
    whole = get(ledger, f"format={format}")
    size = len(whole.data)
    for start, stop in ((0, 4), (size - 8, size), (size // 3, size // 2), (0, size)):
        part = get(ledger, f"format={format}", {"Range": f"bytes={start}-{stop - 1}"})
        assert (206, whole.data[start:stop]) == (part.status_code, part.data)
    assert whole.headers["Accept-Ranges"] == "bytes"


def test_long_files_come_without_a_length(ledger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not measured has its footer all the same."""
    monkeypatch.setattr(measuring, "LARGEST", 10)
    answer = get(ledger, "format=parquet&from=20")
    expected = objects(get(ledger, "from=20"))

    assert answer.content_length is None
    assert [row["document_id"] for row in expected] == table(answer)["document_id"].to_pylist()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("*/*", "application/x-ndjson"),
        ("application/xml", "application/x-ndjson"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("application/vnd.apache.parquet", "application/vnd.apache.parquet"),
        ("application/vnd.apache.arrow.stream, */*;q=0.1", "application/vnd.apache.arrow.stream"),
        ("text/csv;q=0.5, application/vnd.apache.parquet", "application/vnd.apache.parquet"),
    ],
)
def test_accept_is_heard(ledger: FlaskClient, accept: str, kind: str) -> None:
    """Without a format in the query the header chooses; with one it does not."""
    headers = {"Accept": accept}

    assert kind == get(ledger, "count=1", headers).content_type
    assert "application/x-ndjson" == get(ledger, "count=1&format=ndjson", headers).content_type


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip", "gzip"),
        ("zstd", "zstd"),
        ("GZIP;q=0.5", "gzip"),
        ("gzip, zstd, identity;q=0", "zstd"),
        ("gzip;q=1, zstd;q=0.5, identity;q=0.1", "gzip"),
        ("gzip, deflate, br, zstd", None),
        ("br", None),
        ("gzip;q=0", None),
        ("identity", None),
        ("", None),
    ],
)
def test_accept_encoding_is_heard(ledger: FlaskClient, accepted: str, coding: str | None) -> None:
    """Who asks for one coding, or for anything rather than plain bytes, gets it; a list of all is no wish."""
    answer = get(ledger, "count=50&format=csv", {"Accept-Encoding": accepted})
    plain = get(ledger, "count=50&format=csv")

    assert coding == answer.headers.get("Content-Encoding")
    assert plain.data == unpacked(answer.data, coding)
    assert "text/csv; charset=utf-8" == answer.content_type
    assert {"accept", "accept-encoding"} <= {name.lower() for name in answer.vary}
    assert (coding is None) == (answer.headers["ETag"] == plain.headers["ETag"])
    assert answer.headers["Content-Disposition"].endswith('.csv"')


def unpacked(data: bytes, coding: str | None) -> bytes:
    """Undo a content coding."""
    if coding == "gzip":
        return gzip.decompress(data)
    if coding == "zstd":
        plain: bytes = pa.CompressedInputStream(pa.BufferReader(data), "zstd").read()
        return plain
    return data


def test_a_long_answer_is_worth_the_work(ledger: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has no length is compressed for everybody who takes that."""
    plain = get(ledger, "view=document").data
    monkeypatch.setattr(measuring, "LARGEST", 10)
    answer = get(ledger, "view=document&from=0", {"Accept-Encoding": "gzip, deflate"})

    assert "gzip" == answer.headers["Content-Encoding"]
    assert plain == gzip.decompress(answer.data)


def test_a_part_is_never_coded(ledger: FlaskClient) -> None:
    """The bytes that a range names are those of the plain answer."""
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=5-9"}
    part = get(ledger, "count=5", headers)

    assert get(ledger, "count=5").data[5:10] == part.data
    assert "Content-Encoding" not in part.headers


def test_compression_in_the_query_makes_a_file(ledger: FlaskClient) -> None:
    """It is compressed for good, under a name and a media type that say so."""
    answer = get(ledger, "count=50&format=csv&compression=gzip", {"Accept-Encoding": "zstd"})

    assert get(ledger, "count=50&format=csv").data == gzip.decompress(answer.data)
    assert ("application/gzip", None) == (answer.content_type, answer.headers.get("Content-Encoding"))
    assert answer.headers["Content-Disposition"].endswith('-count-50.csv.gz"')


def test_parts_of_csv_without_a_header(ledger: FlaskClient) -> None:
    """Parts one after the other are the whole, if the first alone has a header."""
    parts = [
        get(ledger, f"format=csv&from={first}&count=100&header={str(not first).lower()}").data
        for first in range(0, TOTAL, 100)
    ]

    assert get(ledger, "format=csv").data == b"".join(parts)


def test_one_company(ledger: FlaskClient) -> None:
    """The entries of a company are those of the whole that bear its code."""
    everything, some = objects(get(ledger, "")), objects(get(ledger, "company=2000"))

    assert some == [row for row in everything if row["company_code"] == "2000"]
    assert 0 < len(some) < len(everything)


def test_days_and_fields(ledger: FlaskClient) -> None:
    """Dates cut a range, and fields choose columns, in their order."""
    everything = objects(get(ledger, ""))
    found = objects(get(ledger, "from_date=2024-03-01&to_date=2024-05-31&fields=posting_date,debit,sequence"))
    names = ("posting_date", "debit", "sequence")
    expected = [row for row in everything if "2024-03-01" <= row["posting_date"] <= "2024-05-31"]

    assert [{name: row[name] for name in names} for row in expected] == found
    assert list(names) == list(found[0])


@pytest.mark.parametrize(
    ("query", "details"),
    [
        (
            "format=csv&compression=snappy",
            {"compression": ["The format csv has no compression snappy; it has: none, gzip, zstd."]},
        ),
        (
            "format=arrow&compression=gzip",
            {"compression": ["The format arrow has no compression gzip; it has: none, zstd."]},
        ),
        ("compression=rar", {"compression": ["Must be one of: none, gzip, snappy, zstd."]}),
        ("amounts=minor", {"amounts": ["The format ndjson has amounts as text."]}),
        ("format=parquet&amounts=float", {"amounts": ["Must be one of: decimal, minor, text."]}),
        ("header=false", {"header": ["The format ndjson has no header."]}),
        ("format=csv&header=no", {"header": ["Must be one of: true, false."]}),
        ("dialect=excel", {"dialect": ["The format ndjson has no dialect."]}),
        ("format=csv&dialect=word", {"dialect": ["Must be one of: excel."]}),
        ("format=csv&decimal=comma", {"decimal": ["Only the dialect excel has decimal commas."]}),
        ("from_date=2024-02-30", {"from_date": ["This date does not exist."]}),
        ("to_date=soon", {"to_date": ["Must be a date such as 2024-03-31."]}),
        ("company=", {"company": ["Must not be empty."]}),
        ("company=9", {"company": ["Must be one of: 1000, 2000."]}),
        ("fields=debit,debit", {"fields": ["Each field can be given only once."]}),
    ],
)
def test_faults(ledger: FlaskClient, query: str, details: dict[str, list[str]]) -> None:
    """What there is not is refused under its key."""
    answer = ledger.get(f"/api/entries?{query}")

    assert 400 == answer.status_code
    assert answer.json is not None
    assert details == answer.json["details"]


def test_a_field_that_was_meant(ledger: FlaskClient) -> None:
    """A slip of the finger is answered with the field that was meant."""
    answer = ledger.get("/api/entries?fields=sequence,debti")

    assert answer.json is not None
    assert "Did you mean debit?" in answer.json["details"]["fields"][0]


def test_names_differ_with_what_is_chosen() -> None:
    """Two formats that differ in anything are not equal, so nothing takes one for the other."""
    plain = EntriesFormat(FileFormat.PARQUET)

    assert plain != EntriesFormat(FileFormat.PARQUET, compression=Compression.ZSTD)
    assert repr(plain) != repr(EntriesFormat(FileFormat.PARQUET, company="1000"))


def test_excel(ledger: FlaskClient) -> None:
    """A file for a double click: marked, with semicolons, and commas before decimals if wanted."""
    text = get(ledger, "format=csv&dialect=excel&decimal=comma&fields=sequence,debit&count=1").data.decode()
    debit = objects(get(ledger, "count=1"))[0]["debit"]

    assert ["\ufeffsequence;debit", f"0;{debit.replace('.', ',')}"] == text.splitlines()[:2]
