"""Words in their spelt and pooled form."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from datasynth.encoding.words import WordPool, csv_word, json_word


@given(st.text())
def test_json_words_are_read_back(word: str) -> None:
    """Any text survives JSON."""
    assert word == json.loads(json_word(word))


def test_csv_quotes_only_where_it_must() -> None:
    """Plain words stay bare, quotes are doubled, line ends and commas are enclosed."""
    words = ["plain text", "ü€", "a,b", 'a"b', "a\nb", "a\rb", ""]

    expected = ["plain text", "ü€", '"a,b"', '"a""b"', '"a\nb"', '"a\rb"', ""]
    assert expected == [csv_word(word).decode() for word in words]


def test_pool_gives_each_word_its_place() -> None:
    """Words are found by the index that adding them gave."""
    pool = WordPool()
    first = pool.add([b"one", b"", b"three"])
    second = pool.add([b"four"])

    words, starts = pool.table()

    found = [words[starts[place] : starts[place + 1]].tobytes() for place in range(4)]
    assert (0, 3) == (first, second)
    assert [b"one", b"", b"three", b"four"] == found
