"""Whole numbers that JavaScript would round."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config import ConfigDocument, config_from_mapping, parse_document
from datasynth.config.fields import Key, WholeNumber
from datasynth.config.large_numbers import LARGEST_EXACT, LargeNumber, spelt_for_json
from datasynth.config.schema import ConfigSchema
from tests.config.documents import leaves, problems

LARGEST = 2**63 - 1


def seed_of(value: object) -> int:
    """Read a seed as a document has it."""
    return config_from_mapping({"global": {"seed": value}}).general.seed


def as_javascript_reads(text: str) -> object:
    """What `JSON.parse` makes of a text: every number is a double."""
    return json.loads(text, parse_int=lambda digits: int(float(digits)))


@given(seed=st.one_of(st.integers(0, LARGEST), st.integers(LARGEST_EXACT - 3, LARGEST_EXACT + 3)))
def test_a_seed_survives_javascript(seed: int) -> None:
    """What GET answers can be parsed by JavaScript, sent back, and is the same configuration."""
    document = ConfigDocument.defaults().merge({"global": {"seed": seed}})
    read = as_javascript_reads(json.dumps(document.as_json()))
    back = ConfigDocument.defaults().merge(parse_document(json.dumps(read).encode(), "json"))

    assert document.config == back.config
    assert seed == back.config.general.seed


@given(seed=st.integers(0, LARGEST))
def test_text_and_number_are_one_seed(seed: int) -> None:
    """A seed as text is the seed as a number."""
    assert seed == seed_of(str(seed)) == seed_of(seed)


@pytest.mark.parametrize(
    ("seed", "written"),
    [(0, 0), (42, 42), (2**53 - 1, 2**53 - 1), (2**53, "9007199254740992"), (LARGEST, "9223372036854775807")],
)
def test_only_what_is_too_large_is_text_in_json(seed: int, written: object) -> None:
    """Numbers stay numbers as long as JavaScript keeps them; YAML and the document always have numbers."""
    document = ConfigDocument.defaults().merge({"global": {"seed": str(seed)}})

    assert written == document.as_json()["global"]["seed"]  # type: ignore[index]  # it is an object
    assert seed == document.as_dict()["global"]["seed"]  # type: ignore[index]  # it is an object
    assert seed == yaml.safe_load(document.as_yaml())["global"]["seed"]


@pytest.mark.parametrize(
    "text",
    ["1e3", " 5", "5 ", "-1", "+1", "0x10", "1_000", "1.0", "", "x", "٣", "9" * 20, "9" * 5_000, "1\n"],
)
def test_other_text_is_refused(text: str) -> None:
    """The sentence says what text may be."""
    sentence = "Must be a whole number from 0 to 2^63 - 1; text must contain only decimal digits."

    assert {"global.seed": [sentence]} == problems({"global": {"seed": text}})


def test_text_has_the_bounds_of_the_number() -> None:
    """One more than the largest is refused, as text and as a number."""
    found = [problems({"global": {"seed": seed}}) for seed in (LARGEST + 1, str(LARGEST + 1))]

    assert [{"global.seed": ["Must be from 0 to 2^63 - 1."]}] * 2 == found


def test_every_key_that_may_be_large_takes_text() -> None:
    """No key of the schema lets numbers in that JavaScript would round, unless it takes text for them."""
    numbers = [(path, field) for path, field in leaves(ConfigSchema()) if isinstance(field, WholeNumber)]
    large = [path for path, field in numbers if field.high > LARGEST_EXACT]

    assert large == [path for path, field in numbers if isinstance(field, LargeNumber)] == ["global.seed"]
    assert all(isinstance(field, Key) for _, field in numbers)


def test_other_values_are_left_alone() -> None:
    """Flags, text, decimal numbers and small numbers inside lists and objects stay what they are."""
    document = {"a": [True, 1, 2.5, "9007199254740993", None, {"b": 2**53}], "c": -(2**53)}

    assert {
        "a": [True, 1, 2.5, "9007199254740993", None, {"b": str(2**53)}],
        "c": str(-(2**53)),
    } == spelt_for_json(document)
