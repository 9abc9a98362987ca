"""The words behind the codes of blocks."""

from __future__ import annotations

from datasynth.generation.profiles.vocabulary import ProfileWords
from datasynth.ledger.roles import PERSONAS, role_sizes, users_of
from tests.generation.cases import case


def test_a_word_has_one_code() -> None:
    """Codes count up in the order in which words are first met."""
    words = ProfileWords()

    assert [0, 1, 0, 2] == [words.code(word) for word in ("a", "b", "a", "c")]
    assert ("a", "b", "c") == words.words()


def test_runs_of_words_have_neighbouring_codes() -> None:
    """Words of a run stand side by side even if they are alike, or were met before."""
    words = ProfileWords()
    words.code("a")

    assert 1 == words.run(["x", "a", "x"])
    assert 4 == words.code("x")
    assert ("a", "x", "a", "x", "x") == words.words()


def test_the_vocabulary_has_everybody() -> None:
    """Companies, currencies, users and partners are listed company by company."""
    journal = case("five companies, fiscal year from April").journal
    config, words = journal.config, journal.vocabulary
    staff = role_sizes({persona: getattr(config.user_personas, persona) for persona in PERSONAS})

    assert ("1000", "2000", "2100", "3000", "4000") == words.companies
    assert (0, 1, 1, 2, 3) == words.company_currencies
    assert (2, 2, 0, 3) == words.currency_decimals[:4]
    assert tuple(user for code in words.companies for user in users_of(code, staff)) == words.users
    assert len(words.partners) == len(set(words.partners)) == 5 * (400 + 250 + 120)
    for kind, count in (("customer", 400), ("vendor", 250), ("employee", 120)):
        assert 5 * count == words.partner_types.count(kind)
    assert (96, 12) == (len(words.cost_centers), len(words.profit_centers))
    assert ("CC0001", "CC0096", "PC001", "PC012") == (
        words.cost_centers[0],
        words.cost_centers[-1],
        words.profit_centers[0],
        words.profit_centers[-1],
    )
