"""Reading text that may be anything."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config import parse_document, plain
from datasynth.errors import InvalidRequest
from tests.config.fuzz import fuzz

if TYPE_CHECKING:
    from datasynth.config import MediaType

BOTH: tuple[MediaType, ...] = ("json", "yaml")
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def refusal(text: bytes | str, media_type: MediaType) -> InvalidRequest:
    """Error that reading `text` gives."""
    with pytest.raises(InvalidRequest) as caught:
        parse_document(text.encode() if isinstance(text, str) else text, media_type)
    return caught.value


@fuzz
@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_json_reads_what_json_writes(document: dict[str, object]) -> None:
    """Any document of JSON types comes back equal."""
    assert document == parse_document(json.dumps(document).encode(), "json")


@fuzz
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode), st.sampled_from(BOTH))
def test_any_bytes_give_a_document_or_a_refusal(text: bytes, media_type: MediaType) -> None:
    """No bytes raise anything but InvalidRequest."""
    try:
        document = parse_document(text, media_type)
    except InvalidRequest as error:
        json.dumps([error.message, error.details], ensure_ascii=False).encode()
    else:
        assert isinstance(document, dict)


@fuzz
@given(st.text(alphabet="{}[]:,-?!&*|>%@\"'\\#~ \n\tax0159.eE+_<=", max_size=40))
def test_any_yaml_gives_a_document_or_a_refusal(text: str) -> None:
    """Text made of YAML's own signs raises nothing but InvalidRequest."""
    try:
        outcome = parse_document(text.encode(), "yaml")
    except InvalidRequest as error:
        outcome = {"message": error.message}

    assert "\n" not in str(outcome.get("message"))
    assert json.dumps(outcome, allow_nan=False)


@pytest.mark.parametrize("media_type", BOTH)
@pytest.mark.parametrize("text", ["", "   \n", "null", "5", "[]", '"text"', "[{}]"])
def test_top_level_must_be_an_object(text: str, media_type: MediaType) -> None:
    """Anything but an object at the top is refused."""
    assert "object of keys and values" in refusal(text, media_type).message


@pytest.mark.parametrize("media_type", BOTH)
def test_not_utf8(media_type: MediaType) -> None:
    """Bytes that are not UTF-8 are refused, with their place."""
    assert "byte at position 8" in refusal(b'{"ab": "\xff"}', media_type).message


@pytest.mark.parametrize("media_type", BOTH)
def test_byte_order_mark_is_skipped(media_type: MediaType) -> None:
    """An editor's byte order mark does no harm."""
    assert {"a": 1} == parse_document(b'\xef\xbb\xbf{"a": 1}', media_type)


@pytest.mark.parametrize("media_type", BOTH)
def test_fifty_levels_are_read_and_no_more(media_type: MediaType) -> None:
    """The limit on nesting is exact, and counts no brackets in text."""
    inner = "[" * 49 + '"[[[[{{{{"' + "]" * 49

    assert parse_document(f'{{"a": {inner}}}'.encode(), media_type)
    assert "deeper than 50" in refusal(f'{{"a": [{inner}]}}', media_type).message


@pytest.mark.parametrize("media_type", BOTH)
@pytest.mark.parametrize("opening", ["[", '{"a":', "[{"])
def test_deep_nesting_exhausts_no_stack(opening: str, media_type: MediaType) -> None:
    """A hundred thousand brackets are refused as fifty-one are."""
    count = 100_000 // len(opening)
    text = '{"a":' + opening * count

    assert "deeper than 50" in refusal(text, media_type).message


def test_block_nesting_counts_too() -> None:
    """YAML nested by dashes is limited like YAML nested by brackets."""
    assert "deeper than 50" in refusal("a:\n " + "- " * 1000 + "x", "yaml").message


@pytest.mark.parametrize("media_type", BOTH)
@pytest.mark.parametrize("text", ['{"a": 1, "a": 1}', '{"b": {"a": 1, "\\u0061": 2}}'])
def test_duplicate_keys(text: str, media_type: MediaType) -> None:
    """A key twice in one object is refused, also when it is spelt with an escape."""
    assert "'a' appears twice" in refusal(text, media_type).message


@pytest.mark.parametrize(
    ("text", "media_type"),
    [
        *((f'{{"a": {word}}}', "json") for word in ("NaN", "Infinity", "-Infinity", "1e999", "-1e999")),
        *((f"a: {word}", "yaml") for word in (".nan", ".inf", "-.INF", "1e999", "!!float .nan", "!!float x")),
    ],
)
def test_what_is_no_number(text: str, media_type: MediaType) -> None:
    """NaN, infinities and what would overflow to them are refused."""
    assert "number" in refusal(text, media_type).message


@pytest.mark.parametrize("media_type", BOTH)
def test_numbers_of_many_digits(media_type: MediaType) -> None:
    """A hundred digits are a number; ten thousand are refused unread."""
    assert {"a": 10**99} == parse_document(b'{"a": 1' + b"0" * 99 + b"}", media_type)
    assert "100 digits" in refusal('{"a": 1' + "0" * 10_000 + "}", media_type).message


@pytest.mark.parametrize("media_type", BOTH)
@pytest.mark.parametrize("escape", [r"\ud800", r"\udfff"])
def test_half_a_character(escape: str, media_type: MediaType) -> None:
    """A lone surrogate, which no answer could repeat, is refused."""
    assert "Unicode" in refusal(f'{{"a": ["{escape}"]}}', media_type).message
    assert "Unicode" in refusal(f'{{"{escape}": 1}}', media_type).message


def test_surrogate_pair() -> None:
    """A pair of JSON escapes is one character."""
    assert {"a": "\U0001f600"} == parse_document(rb'{"a": "\ud83d\ude00"}', "json")


def test_malformed_json_names_its_place() -> None:
    """Malformed JSON is answered with line and column."""
    error = refusal('{"a": 1,\n "b" 2}', "json")

    assert {"line": 2, "column": 6} == error.details
    assert "line 2, column 6" in error.message


def test_malformed_yaml_names_its_place() -> None:
    """Malformed YAML is answered with line and column."""
    error = refusal("a: 1\nb: [1, 2\n", "yaml")

    assert {"line": 3, "column": 1} == error.details
    assert "line 3, column 1" in error.message


def test_aliases_that_explode() -> None:
    """Ten lists of ten aliases each are refused at the first anchor."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]

    assert "aliases" in refusal("\n".join(lines), "yaml").message


@pytest.mark.parametrize("text", ["a: &x 1", "a: *x", "&x a: 1", "a: &x {b: 1}\nc: {<<: *x}"])
def test_anchors_and_aliases(text: str) -> None:
    """Neither an anchor nor an alias is read."""
    assert "Anchors (&) and aliases (*)" in refusal(text, "yaml").message


@pytest.mark.parametrize(
    "tag",
    [
        "!!python/object/apply:os.getcwd []",
        "!!binary aGk=",
        "!!set {a}",
        "!!timestamp x",
        "!own 1",
        "!!int x",
    ],
)
def test_tags(tag: str) -> None:
    """A tag beyond JSON's types, or one that its value contradicts, is refused."""
    assert refusal(f"a: {tag}", "yaml").message


@pytest.mark.parametrize("text", ["1: a", "true: a", "~: a", "? [a]\n: b", "? {a: b}\n: c"])
def test_keys_that_are_no_text(text: str) -> None:
    """A key that JSON could not spell is refused."""
    assert "key must be text" in refusal(text, "yaml").message


@pytest.mark.parametrize(
    "text", ['a: "\\UFFFFFFFF"', "%YAML 1." + "9" * 5000 + "\n---\na: 1", "a: \x00", "a: 1\n---\nb: 2"]
)
def test_yaml_that_breaks_readers(text: str) -> None:
    """What makes PyYAML fail in its own ways is refused in ours."""
    assert "not valid YAML" in refusal(text, "yaml").message


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("2024-01-01", "2024-01-01"),
        ("12:30", "12:30"),
        ("010", 10),
        ("100_000", 100_000),
        ("1e3", 1000.0),
        ("0x1f", 31),
        ("0o17", 15),
        ("-0x1f", "-0x1f"),
        ("0o8", "0o8"),
        ("0b11", "0b11"),
        ("+5", 5),
        ("no", "no"),
        ("off", "off"),
        ("1:30", "1:30"),
        ("'0x1f'", "0x1f"),
        ("'5'", "5"),
        ("!!str 5", "5"),
        ("", None),
        ("~", None),
        ("True", True),
        ("=", "="),
    ],
)
def test_yaml_scalars(word: str, expected: object) -> None:
    """Plain words are what YAML 1.2 says: Norway is not false, a date stays text."""
    value = plain(parse_document(f"a: {word}".encode(), "yaml")["a"])

    assert (type(expected), expected) == (type(value), value)


@pytest.mark.parametrize(
    "text",
    [
        "a: [" + "1," * 6_000 + "]",
        "a: 1\n" + "#\n" * 400_000,
        "a: " + "x" * 1_000_000,
    ],
)
def test_huge_yaml_is_refused_quickly(text: str) -> None:
    """A document that would keep the reader busy for seconds is not read."""
    begin = time.process_time()

    refusal(text, "yaml")

    assert time.process_time() - begin < 2


@pytest.mark.parametrize("text", ['{"a": "' + '\\"' * 400_000, '{"a":' + "[]," * 300_000, '{"' * 300_000])
def test_huge_json_is_refused_quickly(text: str) -> None:
    """No megabyte of JSON takes quadratic time."""
    begin = time.process_time()

    refusal(text, "json")

    assert time.process_time() - begin < 2


def test_yaml_agrees_with_another_reader() -> None:
    """An ordinary document reads as PyYAML's own safe loader reads it, dates aside."""
    text = b"a: {b: [1, 2.5, x, 'y']}\nc: |\n  two\n  lines\nd: >-\n  one\n  line\n"

    assert yaml.safe_load(text) == parse_document(text, "yaml")
