"""Writing YAML that every reader understands alike."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config.yaml_text import read_yaml, write_yaml
from tests.config.fuzz import fuzz

# What the schema admits in text: PyYAML's writer loses U+0085, and no control character gets that far.
VISIBLE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")))
WORDS = VISIBLE | st.from_regex(r"[A-Za-z0-9_.:+-]{1,8}", fullmatch=True)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | WORDS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=8,
)


@fuzz
@given(st.dictionaries(WORDS, VALUES, min_size=1, max_size=4))
def test_reader_gives_back_what_the_writer_wrote(document: dict[str, object]) -> None:
    """Any document of JSON types survives, whatever its words look like."""
    assert document == read_yaml(write_yaml(document), max_depth=50, max_digits=1000)


@pytest.mark.parametrize(
    "word", ["NO", "on", "y", "010", "1e3", "1:30", "2024-01-01", "~", "null", "=", "<<", ".nan"]
)
def test_no_reader_mistakes_a_word(word: str) -> None:
    """Words that some version of YAML takes for something else are quoted."""
    assert {"a": word} == yaml.safe_load(write_yaml({"a": word}))


def test_keys_keep_their_order() -> None:
    """The text follows the document, not the alphabet."""
    assert "b: 1\na: ü\n" == write_yaml({"b": 1, "a": "ü"})
