"""The reference page and the example say what the code does."""

from __future__ import annotations

import json
import re
from dataclasses import astuple
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from datasynth.config import (
    COMPLEXITIES,
    INDUSTRIES,
    ConfigDocument,
    config_from_mapping,
    load_config_file,
    parse_document,
)
from datasynth.config.defaults import default_document
from datasynth.config.fields import Key
from datasynth.config.schema import ConfigSchema
from datasynth.errors import InvalidConfiguration
from tests.config.documents import default_of, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")


def leaves_of(document: object, prefix: str = "") -> Iterator[tuple[str, object]]:
    """Every value of a document with its dotted path."""
    if not isinstance(document, dict):
        yield prefix.removesuffix("."), document
        return
    for key, value in document.items():
        yield from leaves_of(value, f"{prefix}{key}.")


def shown(value: object) -> str:
    """A value as the page prints it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def table(heading: str) -> list[list[str]]:
    """Cells of the rows of the page's table that has this heading."""
    lines = PAGE.splitlines()
    first = lines.index(heading) + 2
    rows = takewhile(lambda line: line.startswith("|"), lines[first:])
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


def test_table_of_keys_is_the_schema() -> None:
    """Every key is there with its type, default, range and effect, in order, and no other."""
    expected = [
        [f"`{path}`", field.type_name, shown(default_of(path)), field.limits, field.meaning]
        for path, field in leaves(ConfigSchema())
        if isinstance(field, Key)
    ]

    assert expected == table("| key | type | default | range | effect |")


def test_table_of_weights_is_the_presets() -> None:
    """Every industry is there with its eight weights."""
    expected = []
    for industry in INDUSTRIES:
        weights = cast("dict[str, float]", default_document(industry)["business_processes"])
        expected.append([f"`{industry}`", *map(shown, weights.values())])

    assert expected == table("| industry | o2c | p2p | r2r | h2r | a2r | treasury | tax | intercompany |")


def test_table_of_what_else_industries_decide_is_the_presets() -> None:
    """Every industry is there with its sources, tax, payment days and spikes."""
    expected = []
    for industry in INDUSTRIES:
        config = config_from_mapping({"global": {"industry": industry}})
        sources, temporal = config.transactions.sources, config.transactions.temporal
        spikes = (temporal.month_end_spike, temporal.quarter_end_spike, temporal.year_end_spike)
        others = (
            config.tax.taxable_share,
            config.document_flows.o2c.payment_days,
            config.document_flows.p2p.payment_days,
            ", ".join(map(shown, spikes)),
        )
        expected.append([f"`{industry}`", *map(shown, (*astuple(sources), *others))])

    assert expected == table(
        "| industry | manual | automated | recurring | adjustment | taxable | customers pay | "
        "vendors are paid | spikes |"
    )


def test_industries_decide_nothing_that_the_page_does_not_tell() -> None:
    """Between two industries nothing differs but what the page's tables hold."""
    told = ("business_processes.", "transactions.sources.", "tax.taxable_share", "global.industry")
    spikes = [f"transactions.temporal.{period}_end_spike" for period in ("month", "quarter", "year")]
    days = [f"document_flows.{flow}.payment_days" for flow in ("o2c", "p2p")]
    flat = [dict(leaves_of(default_document(industry))) for industry in INDUSTRIES]

    differing = {path for path in flat[0] if len({str(each[path]) for each in flat}) > 1}

    assert set() == {path for path in differing if not path.startswith((*told, *spikes, *days))}


def test_table_of_sizes_is_the_presets() -> None:
    """Every size of chart is there with its master data."""
    expected = []
    for complexity in COMPLEXITIES:
        sizes = cast("dict[str, int]", default_document(None, complexity)["master_data"])
        expected.append([f"`{complexity}`", *map(shown, sizes.values())])

    assert expected == table("| complexity | customers | vendors | employees | cost centres |")


def test_yaml_example_of_the_page() -> None:
    """The example of a change is a valid one."""
    block = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None

    config = config_from_mapping(parse_document(block[1].encode(), "yaml"))

    assert ("retail", "Company 2000") == (config.general.industry, config.companies[1].name)


def test_error_example_of_the_page() -> None:
    """The example of a refusal is what the code says."""
    block = re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert block is not None
    expected = json.loads(block[1])

    with pytest.raises(InvalidConfiguration) as caught:
        config_from_mapping({"companies": [{"code": "1000"}, {"code": "2000", "currency": "EURO"}]})

    assert expected == {
        "error": caught.value.code,
        "message": caught.value.message,
        "details": caught.value.details,
    }


def test_example_file() -> None:
    """The file that the documented commands post is valid and changes something."""
    document = load_config_file(ROOT / "examples/config.json")

    assert document.as_dict() == json.loads((ROOT / "examples/config.json").read_text(encoding="utf-8"))
    assert document != ConfigDocument.defaults()
