"""The documentation names everything that there is, and points to nothing that there is not."""

from __future__ import annotations

import inspect
import re
import tomllib
from itertools import chain
from typing import TYPE_CHECKING

import pytest

import datasynth
from datasynth import errors, settings
from datasynth.client import Client
from datasynth.client.filters import FileFilters
from datasynth.encoding import Amounts, Compression, FileFormat, View
from datasynth.ledger.closes import PATTERNS
from datasynth.ledger.rules import document_types
from datasynth.transports.events.query import KEYS, TYPES
from datasynth.transports.rest.entries_query import KEYS as DOWNLOAD_KEYS
from datasynth.transports.rpc import synth_pb2
from scripts import data_frame_tables, file_tables, generation_tables, ledger_tables, spreadsheet_tables
from tests import documents
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path


def _leaves(error: type[errors.DatasynthError]) -> set[str]:
    return {error.code}.union(*(_leaves(child) for child in error.__subclasses__()))


def _named(names: set[str], text: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in text)


def _declared() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    return {re.split(r"[\[>]", one)[0] for one in chain(project["dependencies"], *extras)}


def test_every_endpoint_has_a_heading() -> None:
    """A heading in the reference names each path that the server answers."""
    app = datasynth.create_app()
    paths = {re.sub(r"<(?:\w+:)?(\w+)>", r"<\1>", rule.rule) for rule in app.url_map.iter_rules()}
    headings = re.sub(r"[{<](\w+)[}>]", "<>", documents.reference_headings())
    missing = [
        path
        for path in sorted(paths - {"/static/<filename>"})
        if not re.search(re.escape(re.sub(r"<\w+>", "<>", path)) + r"(?![\w/])", headings)
    ]

    assert [] == missing


def test_every_setting_is_named() -> None:
    """The reference names each flag, its variable and its default."""
    text = documents.reference_text()
    names = {option.flag for option in settings.OPTIONS} | {option.variable for option in settings.OPTIONS}

    assert [] == _named(names, text)


def test_every_error_is_named() -> None:
    """The reference names each error code."""
    assert [] == _named(_leaves(errors.DatasynthError), documents.reference_text())


def test_every_message_type_is_named() -> None:
    """The reference names each type of WebSocket message and each key of the query."""
    assert [] == _named({*TYPES, *KEYS}, documents.reference_text())


def test_every_pattern_is_named() -> None:
    """The reference names each trigger."""
    assert [] == _named(set(PATTERNS), documents.reference_text())


def test_every_call_is_named() -> None:
    """The reference names each gRPC service and call."""
    services = synth_pb2.DESCRIPTOR.services_by_name
    calls = {method.name for service in services.values() for method in service.methods}
    text = documents.reference_text()

    assert [] == _named({f"synth.{name}" for name in services}, text)
    assert [] == _named(calls, text)


@pytest.mark.parametrize("page", documents.PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    """Each link to a file or a heading of our own finds it."""
    broken = []
    for link in documents.links(page):
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        if not target.exists() or (anchor and anchor not in documents.anchors(target)):
            broken.append(link)

    assert [] == broken


@pytest.mark.parametrize("page", documents.PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_files_are_there(page: Path) -> None:
    """Each file that a page names with its folder is in the package or beside it."""
    named = re.findall(r"`([\w.*-]+/[\w./*-]+\.(?:py|toml|yaml|proto))`", page.read_text())

    assert [] == [name for name in named if not [*ROOT.glob(name), *(ROOT / "datasynth").glob(name)]]


def test_tables_of_the_ledger_are_those_of_the_data() -> None:
    """What the page says of document types is what they do; `make docs` writes it."""
    text = ledger_tables.PAGE.read_text()

    assert ledger_tables.with_tables(text) == text


def test_types_of_data_frames_are_those_of_the_fields() -> None:
    """The how-to has a row for every column, made from the fields' definition; `make docs` writes it."""
    text = data_frame_tables.PAGE.read_text()

    assert data_frame_tables.with_tables(text) == text


def test_types_of_spreadsheets_are_those_of_the_schema() -> None:
    """The pages on Excel and Power BI have every column, made from the schema; `make docs` writes them."""
    excel, power_bi = spreadsheet_tables.EXCEL.read_text(), spreadsheet_tables.POWER_BI.read_text()

    assert spreadsheet_tables.with_cells(excel) == excel
    assert spreadsheet_tables.with_types(power_bi) == power_bi
    assert power_bi.count('{"document_id", type text}') == 2


def test_the_published_schema() -> None:
    """The reference has the columns that files have, with their types."""
    text = file_tables.PAGE.read_text()

    assert file_tables.page(text) == text


def test_every_key_of_a_download_is_named() -> None:
    """The reference names each key of the query, each format, compression and kind of amount."""
    choices = {str(choice) for kind in (FileFormat, View, Amounts, Compression) for choice in kind}

    assert [] == _named({*DOWNLOAD_KEYS, *choices}, documents.reference_text())


def test_files_of_generation_are_in_its_table() -> None:
    """The page on generation says of every file what the file says of itself; `make docs` writes it."""
    text = generation_tables.PAGE.read_text()

    assert generation_tables.with_tables(text) == text


def test_every_method_of_the_client_is_named() -> None:
    """The how-to names each public method with its parameters, and each filter."""
    text = (documents.DOCS / "how-to" / "python-client.md").read_text()
    methods = {name for name, _ in inspect.getmembers(Client, inspect.isfunction) if not name.startswith("_")}
    filters = FileFilters.__required_keys__ | FileFilters.__optional_keys__

    assert [] == sorted(name for name in methods if not re.search(rf"`{name}\(", text))
    assert [] == _named(set(filters), text)


def test_every_document_type_is_explained() -> None:
    """The page on the ledger names each type that an entry may have."""
    assert [] == _named(set(document_types()), ledger_tables.PAGE.read_text())


def test_version() -> None:
    """The newest version of the changelog is that of the package."""
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)

    assert newest is not None
    assert newest[1] in {datasynth.__version__, "Unreleased"}


def test_readme_gives_a_reason_for_each_dependency() -> None:
    """What pyproject.toml asks for has a row in the README's table, and nothing else has one."""
    readme = (ROOT / "README.md").read_text()
    table = re.search(r"\| package \|.*?\n\n", readme, re.DOTALL)

    assert table is not None
    assert _declared() == set(re.findall(r"^\| `([\w-]+)`(?: \(extra `\w+`\))? \|", table[0], re.MULTILINE))
