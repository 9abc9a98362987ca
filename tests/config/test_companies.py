"""The list of companies and what must hold between them."""

from __future__ import annotations

import pytest

from datasynth.config import config_from_mapping
from tests.config.documents import problems


@pytest.mark.parametrize("code", ["A", "a-b_C", "0" * 16])
def test_company_codes(code: str) -> None:
    """Letters, digits, hyphens and underscores make a code."""
    assert code == config_from_mapping({"companies": [{"code": code}]}).companies[0].code


@pytest.mark.parametrize("code", ["", "0" * 17, "a b", "a\n", "ä", "a.b", "1000\u0661"])
def test_wrong_company_codes(code: str) -> None:
    """Other characters and lengths make none, and nothing else is blamed for it."""
    assert ["companies.0.code"] == list(problems({"companies": [{"code": code}]}))


def test_company_codes_are_unique() -> None:
    """The second use of a code is named, beside what else is wrong with that company."""
    companies = [{"code": "a"}, {"code": "b"}, {"code": "a", "currency": "EURO"}, {"code": "a"}, None]

    details = problems({"companies": companies})

    expected = ["companies.2.code", "companies.2.currency", "companies.3.code", "companies.4"]
    assert expected == list(details)
    assert ["The code 'a' is already used by companies.0."] == details["companies.2.code"]


def test_a_repeated_code_alone_is_refused() -> None:
    """Companies that are right one by one may still not share a code."""
    assert ["companies.1.code"] == list(problems({"companies": [{"code": "a"}, {"code": "a"}]}))


def test_number_of_companies() -> None:
    """There are one to fifty companies."""
    many = [{"code": str(number)} for number in range(51)]

    assert 50 == len(config_from_mapping({"companies": many[:50]}).companies)
    assert ["Must be 1 to 50 companies, not 51."] == problems({"companies": many})["companies"]
    assert ["Must be 1 to 50 companies, not 0."] == problems({"companies": []})["companies"]
    assert ["Must be a list of companies, not an object."] == problems({"companies": {}})["companies"]


def test_some_company_has_volume() -> None:
    """One company may have weight 0, all of them may not."""
    companies = [{"code": "a", "volume_weight": 0}, {"code": "b", "volume_weight": 1}]

    assert (0.0, 1.0) == tuple(
        each.volume_weight for each in config_from_mapping({"companies": companies}).companies
    )
    assert "above 0" in str(problems({"companies": companies[:1]})["companies"])


@pytest.mark.parametrize(
    ("key", "value"), [("currency", "JPY"), ("currency", "KWD"), ("country", "NO"), ("country", "GB")]
)
def test_known_currencies_and_countries(key: str, value: str) -> None:
    """ISO codes are known."""
    assert value == getattr(config_from_mapping({"companies": [{"code": "a", key: value}]}).companies[0], key)


@pytest.mark.parametrize("key", ["currency", "country"])
@pytest.mark.parametrize("value", ["", "us", "usd", "XXX", "ZZ", "UK", "USA", "EURO", "\ud800"])
def test_unknown_currencies_and_countries(key: str, value: str) -> None:
    """Other words, small letters and aliases are not."""
    assert "ISO" in str(problems({"companies": [{"code": "a", key: value}]})[f"companies.0.{key}"])


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\nb", "a\x00", "\u202eevil", "\ud800", "\u2028"])
def test_wrong_names(name: str) -> None:
    """A name is visible and on one line."""
    assert ["companies.0.name"] == list(problems({"companies": [{"code": "a", "name": name}]}))


ALONE = {"o2c": 0, "p2p": 0, "r2r": 0, "h2r": 0, "a2r": 0, "treasury": 0, "tax": 0, "intercompany": 1}


@pytest.mark.parametrize("second", [[], [{"code": "b", "volume_weight": 0}]])
def test_a_company_does_not_deal_with_itself(second: list[dict[str, object]]) -> None:
    """Intercompany as the only process is refused where one company has all the volume."""
    weights = {f"{name}_weight": weight for name, weight in ALONE.items()}

    details = problems({"companies": [{"code": "a"}, *second], "business_processes": weights})

    expected = ["With one company, a process other than intercompany must have a weight above 0."]
    assert {"business_processes.intercompany_weight": expected} == details


def test_two_companies_may_do_nothing_but_deal_with_each_other() -> None:
    """With a second company, intercompany may be the only process."""
    weights = {f"{name}_weight": weight for name, weight in ALONE.items()}

    config = config_from_mapping({"companies": [{"code": "a"}, {"code": "b"}], "business_processes": weights})

    assert 1.0 == config.business_processes.intercompany_weight
