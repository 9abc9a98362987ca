"""The reference page and the example say what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from marshmallow import fields

from datasynth.config import INDUSTRIES, ConfigDocument, config_from_mapping, load_config_file, parse_document
from datasynth.config.defaults import default_document
from datasynth.config.schema import ConfigSchema
from datasynth.errors import InvalidConfiguration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marshmallow import Schema

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")


def leaves(schema: Schema, prefix: str) -> Iterator[tuple[str, object]]:
    """Every key of the schema that holds a value, with its field."""
    for name, field in schema.fields.items():
        key = prefix + (field.data_key or name)
        inner = field.inner if isinstance(field, fields.List) else field
        if isinstance(inner, fields.Nested):
            yield from leaves(inner.schema, f"{key}[]." if inner is not field else f"{key}.")
        else:
            yield key, field


def default_of(path: str) -> object:
    """Value at a path of the default document; of a list, in its first item."""
    value: object = ConfigDocument.defaults().as_dict()
    for key in path.replace("[]", "").split("."):
        value = cast("dict[str, object]", value[0] if isinstance(value, list) else value)[key]
    return value


def rows(first_cell: str) -> list[list[str]]:
    """Cells of the page's table rows whose first cell matches."""
    lines = [line for line in PAGE.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [row for row in cells if re.fullmatch(first_cell, row[0])]


def test_table_of_keys_is_the_schema() -> None:
    """Every key is there with its type, default and range, in order, and no other."""
    expected = [
        [
            f"`{path}`",
            getattr(field, "type_name", None),
            str(default_of(path)),
            getattr(field, "limits", None),
        ]
        for path, field in leaves(ConfigSchema(), "")
    ]

    assert expected == [row[:4] for row in rows(r"`[a-z_]+(\[\])?\..*`")]
    assert all(row[4] for row in rows(r"`[a-z_]+(\[\])?\..*`"))


def test_table_of_industries_is_the_presets() -> None:
    """Every industry is there with its five weights."""
    expected = []
    for industry in INDUSTRIES:
        weights = cast("dict[str, float]", default_document(industry)["business_processes"])
        expected.append([f"`{industry}`", *(str(weight) for weight in weights.values())])

    assert expected == [row[:6] for row in rows("`[a-z_]+`")]


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
