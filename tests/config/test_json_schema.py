"""The schema for other programs, beside our own judgement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from datasynth.config import (
    COMPLEXITIES,
    INDUSTRIES,
    ConfigDocument,
    config_from_mapping,
    config_json_schema,
    parse_document,
)
from datasynth.config.fields import Key
from datasynth.config.schema import ConfigSchema
from datasynth.errors import InvalidRequest
from tests.config.documents import default_of, keys, leaves, nested
from tests.config.fuzz import fuzz
from tests.config.test_merge import JSON, VALID

SCHEMA = config_json_schema()
JUDGE = Draft202012Validator(SCHEMA, format_checker=Draft202012Validator.FORMAT_CHECKER)
EXAMPLE = Path(__file__).parents[2] / "examples/config.json"

# What JSON Schema takes for the same, or cannot say.
BEYOND = [
    ("global.period_months", 5.0),
    ("approval.thresholds", [2, 1]),
    ("transactions.line_items.custom_distribution", {"2": 0.5}),
    ("companies.0.name", "a\u0000b"),
    ("global.start_date", "1969-12-31"),
    ("global.start_date", "9999-12-31"),
]
PROBES: list[object] = [
    *(
        True,
        False,
        None,
        "",
        "x",
        "5",
        "US",
        "USD",
        "EURO",
        "retail",
        "small",
        "ramp",
        "a b",
        "0" * 17,
        "x" * 101,
    ),
    *("2024-02-29", "2023-02-29", "2024-1-1", "1969-12-31", "9999-12-31", "a\u0000b", "ü"),
    *(-1, 0, 1, 2, 5, 10, 13, 16, 21, 61, 121, 501, 1001, 2001, 10**6 + 1, 10**9, 10**12 + 1, 10**13, 2**63),
    *(-1e-9, 0.005, 0.1, 0.15, 0.25, 0.5, 1.5, 5.5, 20.5),
    *([], [1], [1, 2, 3], [2, 1], [1, 1], [1, 2, 3, 4], ["1"], [None], [0], [10**9 + 1]),
    *({}, {"2": 1}, {"2": 0.5}, {"02": 1}, {"1001": 1}, {"x": 1}, {"2": "1"}, {"2": None}, {"2": 1.5}),
]


def ours(document: dict[str, object], path: str | None = None) -> bool:
    """Whether our own schema finds nothing wrong with a document, or with a path of it."""
    try:
        config_from_mapping(document)
    except InvalidRequest as error:
        return path is not None and not any(f"{found}.".startswith(f"{path}.") for found in error.details)
    return True


def property_of(path: str) -> dict[str, Any]:
    """What the schema says of a key."""
    found: dict[str, Any] = SCHEMA
    for key in path.replace(".0.", ".").split("."):
        found = found.get("items", found)["properties"][key]
    return found


def test_it_is_a_schema() -> None:
    """The schema obeys its own dialect, and is JSON."""
    Draft202012Validator.check_schema(SCHEMA)

    assert "https://json-schema.org/draft/2020-12/schema" == json.loads(json.dumps(SCHEMA))["$schema"]


@pytest.mark.parametrize("path", keys())
def test_both_judge_alike(path: str) -> None:
    """Of each key both take the same values, but for what JSON Schema cannot say."""
    differing = [
        value
        for value in PROBES
        if ours(nested(path, value), path) != JUDGE.is_valid(nested(path, value))
        and (path, value) not in BEYOND
    ]

    assert [] == differing


@pytest.mark.parametrize(("path", "value"), BEYOND)
def test_our_own_judgement_is_the_stricter(path: str, value: object) -> None:
    """What JSON Schema cannot say lets documents pass that we refuse, never the other way round."""
    assert (False, True) == (ours(nested(path, value)), JUDGE.is_valid(nested(path, value)))


@pytest.mark.parametrize(
    "document",
    [
        {"globl": {}},
        {"global": {"sed": 1}},
        {"transactions": {"temporal": {"day_of_week": {"sunday": 1}}}},
        {"companies": [{"code": "a", "colour": "red"}]},
        {"companies": []},
        {"companies": [{"name": "no code"}]},
        {"companies": [{"code": None}]},
        {"companies": [None]},
        {"companies": {}},
        {"companies": [{"code": str(number)} for number in range(51)]},
        {"tax": []},
        {"global": "retail"},
    ],
)
def test_both_refuse(document: dict[str, object]) -> None:
    """Unknown keys, wrong lists of companies and sections that are none are refused by both."""
    assert (False, False) == (ours(document), JUDGE.is_valid(document))


@fuzz
@given(VALID)
def test_what_we_take_is_valid(patch: dict[str, object]) -> None:
    """Every partial document that we take is valid, and so is the whole that it makes."""
    whole = ConfigDocument.defaults().merge(patch).as_dict()

    assert ([], []) == (list(JUDGE.iter_errors(patch)), list(JUDGE.iter_errors(whole)))


@fuzz
@given(JSON)
def test_what_is_not_valid_we_do_not_take(patch: object) -> None:
    """Whatever the schema refuses we refuse."""
    document = cast("dict[str, object]", patch)

    assert JUDGE.is_valid(document) or not ours(document)


@pytest.mark.parametrize("industry", INDUSTRIES)
@pytest.mark.parametrize("complexity", COMPLEXITIES)
def test_defaults_are_valid(industry: str, complexity: str) -> None:
    """The whole default document of each industry and size of chart is valid."""
    patch = {"global": {"industry": industry}, "chart_of_accounts": {"complexity": complexity}}

    assert [] == list(JUDGE.iter_errors(ConfigDocument.defaults().merge(patch).as_dict()))


def test_sections_may_be_null() -> None:
    """Null returns a section to its default, so it is valid for each."""
    document: dict[str, object] = dict.fromkeys(SCHEMA["properties"])

    assert (True, True) == (ours(document), JUDGE.is_valid(document))


def test_example_file_is_valid() -> None:
    """The example of the documentation is valid."""
    assert JUDGE.is_valid(parse_document(EXAMPLE.read_bytes(), "json"))


@pytest.mark.parametrize("path", keys())
def test_every_key_is_described(path: str) -> None:
    """Each key has its meaning, its limits and its default, as the reference page has them."""
    field = next(found for name, found in leaves(ConfigSchema()) if name.replace("[]", ".0") == path)
    described = property_of(path)

    assert isinstance(field, Key)
    assert f"{field.meaning} [{field.limits}]" == described["description"]
    if path not in {"companies.0.code", "companies.0.name"}:
        assert default_of(path) == described["default"]


def test_every_section_is_described() -> None:
    """Each section says what it is about and takes no unknown key."""
    sections = [found for found in SCHEMA["properties"].values() if "properties" in found]

    assert all(found["description"] and found["additionalProperties"] is False for found in sections)
    assert list(ConfigDocument.defaults().as_dict()) == list(SCHEMA["properties"])
