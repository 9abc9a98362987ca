"""Words and their codes."""

from __future__ import annotations

from datasynth.evaluation.vocabulary import ABSENT, UNKNOWN, Interner, WordLists

VOCABULARY = WordLists({"sources": ("manual", "automated")})


def test_codes() -> None:
    """A word has its place as a code; one that nobody used has none."""
    assert (1, UNKNOWN) == (VOCABULARY.code("sources", "automated"), VOCABULARY.code("sources", "batch"))


def test_table_answers_no_for_absent_words() -> None:
    """The last place, where absent codes point, is no."""
    answers = VOCABULARY.table("sources", lambda _: True)

    assert ([True, True, False], False) == (answers.tolist(), answers[ABSENT])


def test_interner() -> None:
    """New words get the next code, known ones keep theirs."""
    interner = Interner(["a"])

    assert [1, 0, ABSENT, 1] == interner.codes(["b", "a", None, "b"]).tolist()
    assert ("a", "b") == interner.words
