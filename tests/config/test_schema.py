"""What each key may hold and what must fit together."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from datasynth.config import config_from_mapping
from datasynth.errors import InvalidConfiguration, InvalidRequest


def nested(path: str, value: object) -> dict[str, object]:
    """Document that sets one dotted path; a company's key goes into the first company."""
    first, *rest = path.split(".")
    if first == "companies":
        return {"companies": [{"code": "1000", rest[1]: value}]}
    for key in reversed(rest):
        value = {key: value}
    return {first: value}


def problems(document: dict[str, object]) -> dict[str, object]:
    """Details of the error that a document gives."""
    with pytest.raises(InvalidConfiguration) as caught:
        config_from_mapping(document)
    return caught.value.details


WHOLE = [
    ("global.seed", 0, 2**63 - 1),
    ("global.period_months", 1, 120),
    ("global.fiscal_year_start_month", 1, 12),
    ("transactions.target_count", 1, 10**10),
    ("transactions.line_items.max_lines", 10, 1000),
]
DECIMAL = [
    ("companies.0.volume_weight", 0, 1_000_000),
    ("transactions.temporal.month_end_spike", 1, 20),
    ("transactions.temporal.quarter_end_spike", 1, 20),
    ("transactions.temporal.year_end_spike", 1, 20),
    ("transactions.temporal.weekend_activity", 0, 1),
    ("transactions.temporal.holiday_activity", 0, 1),
]
WEIGHTS = [f"business_processes.{name}_weight" for name in ("o2c", "p2p", "r2r", "h2r", "a2r")]
TEXTS = [
    "global.industry",
    "companies.0.code",
    "companies.0.name",
    "companies.0.currency",
    "companies.0.country",
]


@pytest.mark.parametrize(("path", "low", "high"), WHOLE)
def test_whole_numbers(path: str, low: int, high: int) -> None:
    """Both bounds are in, their neighbours out, and nothing is converted."""
    for value in (low, high):
        config_from_mapping(nested(path, value))
    for value in (low - 1, high + 1, -(2**63), 2**64, 10**400):
        assert [f"Must be from {low:,} to {high:,}."] == problems(nested(path, value))[path]
    for wrong, kind in [(True, "true or false"), ("5", "text"), (5.0, "a decimal number"), ([5], "a list")]:
        sentence = f"Must be a whole number from {low:,} to {high:,}, not {kind}."
        assert [sentence] == problems(nested(path, wrong))[path]


@pytest.mark.parametrize(("path", "low", "high"), DECIMAL)
def test_decimal_numbers(path: str, low: int, high: int) -> None:
    """Both bounds are in, what lies outside is out, NaN and infinity are no numbers."""
    for value in (low or 1e-9, high):
        config_from_mapping(nested(path, value))
    for value in (low - 1e-9, high + 1e-3, 10**400, -(10**400), 1e308):
        assert [f"Must be from {low:,} to {high:,}."] == problems(nested(path, value))[path]
    for value in (float("nan"), float("inf"), float("-inf")):
        assert "neither infinite nor NaN" in str(problems(nested(path, value))[path])
    for wrong, kind in [(True, "true or false"), ("1", "text"), ([1], "a list")]:
        assert str(problems(nested(path, wrong))[path]).endswith(f", not {kind}.']")


@pytest.mark.parametrize("path", WEIGHTS)
def test_process_weights(path: str) -> None:
    """A weight lies between 0 and 1; a wrong one is named at its key."""
    for value in (-0.1, 1.1):
        assert ["Must be from 0 to 1."] == problems(nested(path, value))[path]
    assert "not text" in str(problems(nested(path, "0.2"))[path])


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", [5, 5.5, True, ["USD"], {"a": 1}])
def test_text(path: str, value: object) -> None:
    """What is not text is not made text."""
    assert "Must be text, not " in str(problems(nested(path, value))[path])


def test_number_for_text_is_told_about_quotes() -> None:
    """The commonest slip of YAML, an unquoted code, is answered with the remedy."""
    expected = ['Must be text, not a whole number. Put it in quotes: "1000".']

    assert expected == problems(nested("companies.0.code", 1000))["companies.0.code"]


@pytest.mark.parametrize("total", [0.99, 1.0, 1.01])
def test_weights_may_miss_one_by_a_hundredth(total: float) -> None:
    """The sum of the process weights has a tolerance, its ends included."""
    names = ("p2p", "r2r", "h2r", "a2r")
    section = {"o2c_weight": round(total - 0.4, 2)} | {f"{name}_weight": 0.1 for name in names}

    assert (
        section["o2c_weight"]
        == config_from_mapping({"business_processes": section}).business_processes.o2c_weight
    )


@pytest.mark.parametrize("o2c", [0.0, 0.23, 0.27, 1.0])
def test_weights_must_sum_to_one(o2c: float) -> None:
    """A sum beyond the tolerance is refused at the section, with the sum."""
    details = problems({"business_processes": {"o2c_weight": o2c}})

    assert ["business_processes"] == list(details)
    assert f"they sum to {0.75 + o2c:.4g}." in str(details)


def test_weights_are_summed_beside_other_problems() -> None:
    """An unknown key does not hide that the weights miss one."""
    details = problems({"business_processes": {"o2c_weight": 1.0, "x2y_weight": 0.1}})

    assert ["business_processes", "business_processes.x2y_weight"] == list(details)


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
    assert ["The code 'a' belongs to companies.0 already."] == details["companies.2.code"]


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


def test_industries() -> None:
    """A wrong industry is answered with the right ones."""
    sentence = str(problems({"global": {"industry": "telecom"}})["global.industry"])

    assert "manufacturing, retail" in sentence
    assert "'telecom' is not one" in sentence


@pytest.mark.parametrize("value", ["1970-01-01", "2200-12-31", "2024-02-29", date(2024, 2, 29)])
def test_dates(value: str | date) -> None:
    """Calendar days are read as text and as dates."""
    assert str(value) == str(config_from_mapping({"global": {"start_date": value}}).general.start_date)


@pytest.mark.parametrize(
    "value",
    [
        *("1969-12-31", "2201-01-01", "9999-12-31", "2023-02-29", "2024-13-01", "0000-01-01", "2024-1-1"),
        *("20240101", "2024-W01-1", "01.02.2024", "2024-01-01T00:00:00", " 2024-01-01", "", "٢٠٢٤-٠١-٠١"),
        *(20240101, True, datetime(2024, 1, 1, tzinfo=UTC), ["2024-01-01"]),
    ],
)
def test_wrong_dates(value: object) -> None:
    """Other days, spellings and types are not."""
    assert ["global.start_date"] == list(problems({"global": {"start_date": value}}))


def test_all_problems_at_once() -> None:
    """Every problem is told, under its dotted path, in the order of the paths."""
    details = problems(
        {
            "globl": {},
            "global": {"seed": -1, "start_date": "soon"},
            "companies": [{"code": "a"}, {"currency": "XXX"}],
            "transactions": {"temporal": {"weekend_activity": 2, "spike": None}, "line_items": 5},
            "business_processes": None,
        }
    )

    assert [
        "companies.1.code",
        "companies.1.currency",
        "global.seed",
        "global.start_date",
        "globl",
        "transactions.line_items",
        "transactions.temporal.spike",
        "transactions.temporal.weekend_activity",
    ] == list(details)
    assert ["This key is required."] == details["companies.1.code"]
    assert ["Must be an object of keys and values."] == details["transactions.line_items"]


@pytest.mark.parametrize("value", [1, None, {}, [], "x"])
@pytest.mark.parametrize("key", ["general", "_schema", "", "a.b", "\ud800\n"])
def test_unknown_keys(key: str, value: object) -> None:
    """A key that does not exist is refused at every depth, whatever its value, and can be printed."""
    path = key.replace("\ud800\n", "\\ud800\\n")

    documents: list[tuple[dict[str, object], str]] = [
        ({key: value}, ""),
        ({"global": {key: value}}, "global."),
        ({"transactions": {"temporal": {key: value}}}, "transactions.temporal."),
        ({"companies": [{"code": "a"}, {"code": "b", key: value}]}, "companies.1."),
    ]
    for document, prefix in documents:
        details = problems(document)
        assert [prefix + path] == list(details)
        assert str(details[prefix + path]).startswith("['Unknown key.")


def test_similar_key_is_suggested() -> None:
    """A slip of the finger is answered with the key that was meant."""
    details = problems({"transactions": {"target_cont": 5, "zzz": 1}})

    assert ["Unknown key. Did you mean target_count?"] == details["transactions.target_cont"]
    known = "Unknown key. Known here: target_count, line_items, temporal."
    assert [known] == details["transactions.zzz"]


def test_unknown_keys_without_end_are_counted() -> None:
    """A patch of more values than a configuration could use is refused as a whole."""
    with pytest.raises(InvalidRequest, match="at most 5,000 values"):
        config_from_mapping({f"key{number}": 1 for number in range(5_001)})
    with pytest.raises(InvalidRequest, match="at most 5,000 values"):
        config_from_mapping({"companies": [[{}] * 3_000] * 2})


def test_message_is_one_line_with_the_first_problems() -> None:
    """The message of the error tells three problems and counts the others."""
    with pytest.raises(InvalidConfiguration) as caught:
        config_from_mapping({f"key{number}\n": 1 for number in range(1500)})

    assert "\n" not in caught.value.message
    assert caught.value.message.endswith("And 1,497 more.")
    assert 1000 == len(caught.value.details)
