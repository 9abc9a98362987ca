"""What each key may hold and what must fit together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.config import config_from_mapping, parse_document
from datasynth.errors import InvalidConfiguration, InvalidRequest
from tests.config.documents import kept, keys, nested, problems

if TYPE_CHECKING:
    from datasynth.config import MediaType

WHOLE = [
    ("global.seed", 0, 2**63 - 1),
    ("global.period_months", 1, 120),
    ("global.fiscal_year_start_month", 1, 12),
    ("transactions.target_count", 1, 10**12),
    ("transactions.line_items.max_lines", 10, 1000),
    ("transactions.temporal.period_end_days", 1, 15),
    ("document_flows.o2c.payment_days", 5, 60),
    ("document_flows.p2p.payment_days", 5, 60),
    ("master_data.customers", 1, 1_000_000),
    ("master_data.vendors", 1, 1_000_000),
    ("master_data.employees", 1, 1_000_000),
    ("master_data.cost_centers", 1, 2_000),
    ("user_personas.junior_accountant", 1, 500),
    ("user_personas.senior_accountant", 1, 500),
    ("user_personas.controller", 1, 500),
    ("user_personas.manager", 1, 500),
    ("user_personas.automated_system", 1, 500),
]
DECIMAL = [
    ("companies.0.volume_weight", 0, 1_000_000),
    ("transactions.amounts.round_number_bias", 0, 1),
    ("transactions.temporal.month_end_spike", 1, 20),
    ("transactions.temporal.quarter_end_spike", 1, 20),
    ("transactions.temporal.year_end_spike", 1, 20),
    ("transactions.temporal.period_end_manual_factor", 1, 5),
    ("transactions.temporal.period_end_overtime", 0, 1),
    ("transactions.temporal.weekend_activity", 0, 1),
    ("transactions.temporal.holiday_activity", 0, 1),
    ("transactions.temporal.day_dispersion", 0, 0.5),
    *(
        (f"transactions.temporal.day_of_week.{day}day", 0, 10)
        for day in ("mon", "tues", "wednes", "thurs", "fri")
    ),
    ("transactions.reversal_rate", 0, 0.1),
    ("transactions.foreign_currency_share", 0, 0.2),
    ("tax.taxable_share", 0, 1),
    ("intercompany.markup", 0, 1),
    ("transactions.amounts.min", 0.01, 10**6),
]
PROCESSES = ("o2c", "p2p", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")
O2C = ("partial_payment", "short_payment", "early_discount", "bundled_payment", "return")
P2P = ("partial_payment", "early_discount", "payment_run", "price_variance")
SUMMED = [
    ("transactions.amounts.max", 10, 10**12),
    *((f"transactions.sources.{name}", 0, 1) for name in ("manual", "automated", "recurring", "adjustment")),
    *((f"business_processes.{name}_weight", 0, 1) for name in PROCESSES),
    *((f"document_flows.o2c.{name}_rate", 0, 1) for name in O2C),
    *((f"document_flows.p2p.{name}_rate", 0, 1) for name in P2P),
]
TEXTS = [
    "global.industry",
    "companies.0.code",
    "companies.0.name",
    "companies.0.currency",
    "companies.0.country",
    "chart_of_accounts.complexity",
    "transactions.temporal.period_end_shape",
]
FLAGS = ["transactions.temporal.industry_seasonality", "tax.enabled"]
OTHERS = ["global.start_date", "transactions.line_items.custom_distribution", "approval.thresholds"]


def test_every_key_is_tried() -> None:
    """The tables of this module, and the tests of dates, lines and thresholds, leave no key out."""
    tried = [*(path for path, _, _ in [*WHOLE, *DECIMAL, *SUMMED]), *TEXTS, *FLAGS, *OTHERS]

    assert sorted(keys()) == sorted(tried)


@pytest.mark.parametrize(("path", "low", "high"), WHOLE)
def test_whole_numbers(path: str, low: int, high: int) -> None:
    """Both bounds are in, their neighbours out, and nothing is converted."""
    for value in (low, high):
        assert value == kept(path, value)
    bounds = f"from {low:,} to {'2^63 - 1' if high == 2**63 - 1 else format(high, ',')}"
    for value in (low - 1, high + 1, -(2**63), 2**64, 10**400):
        assert [f"Must be {bounds}."] == problems(nested(path, value))[path]
    # A seed may be text, of which `test_large_numbers` tells.
    text = [] if path == "global.seed" else [("5", "text")]
    for wrong, kind in [(True, "true or false"), *text, (5.0, "a decimal number"), ([5], "a list")]:
        sentence = f"Must be a whole number {bounds}, not {kind}."
        assert [sentence] == problems(nested(path, wrong))[path]


@pytest.mark.parametrize(("path", "low", "high"), DECIMAL)
def test_bounds_of_decimal_numbers(path: str, low: float, high: float) -> None:
    """Both bounds are in; a weight of 0 is tried where there is a second company."""
    for value in (low or 1e-9, high):
        assert value == kept(path, value)


@pytest.mark.parametrize(("path", "low", "high"), [*DECIMAL, *SUMMED])
def test_decimal_numbers(path: str, low: float, high: float) -> None:
    """What lies outside the bounds is out, NaN and infinity are no numbers, and nothing is converted."""
    for value in (low - 1e-9, high + 1e-3, 10**400, -(10**400), 1e308):
        assert [f"Must be from {low:,} to {high:,}."] == problems(nested(path, value))[path]
    for value in (float("nan"), float("inf"), float("-inf")):
        assert "neither infinite nor NaN" in str(problems(nested(path, value))[path])
    for wrong, kind in [(True, "true or false"), ("1", "text"), ([1], "a list")]:
        assert str(problems(nested(path, wrong))[path]).endswith(f", not {kind}.']")


@pytest.mark.parametrize("path", FLAGS)
def test_flags(path: str) -> None:
    """True and false are flags; words and numbers that stand for them are not."""
    for value in (True, False):
        assert value is kept(path, value)
    for wrong, kind in [(1, "a whole number"), (0.0, "a decimal number"), ("true", "text"), ([], "a list")]:
        assert [f"Must be true or false, not {kind}."] == problems(nested(path, wrong))[path]


@pytest.mark.parametrize("path", TEXTS)
@pytest.mark.parametrize("value", [5, 5.5, True, ["USD"], {"a": 1}])
def test_text(path: str, value: object) -> None:
    """What is not text is not made text."""
    assert "Must be text, not " in str(problems(nested(path, value))[path])


def test_number_for_text_is_told_about_quotes() -> None:
    """The commonest slip of YAML, an unquoted code, is answered with the remedy."""
    expected = ['Must be text, not a whole number. Put it in quotes: "1000".']

    assert expected == problems(nested("companies.0.code", 1000))["companies.0.code"]


@pytest.mark.parametrize(
    ("media_type", "spelling", "kind"),
    [
        ("yaml", "0100", "a whole number"),
        ("yaml", "0x10", "a whole number"),
        ("yaml", "0o20", "a whole number"),
        ("yaml", "+5", "a whole number"),
        ("yaml", "1_000", "a whole number"),
        ("yaml", "12e3", "a decimal number"),
        ("yaml", "1.50", "a decimal number"),
        ("json", "1.50", "a decimal number"),
        ("json", "-0", "a whole number"),
    ],
)
def test_the_remedy_is_the_text_as_written(media_type: MediaType, spelling: str, kind: str) -> None:
    """Quoting what was written keeps its zeros and signs, which the number has lost."""
    document = parse_document(f'{{"companies": [{{"code": {spelling}}}]}}'.encode(), media_type)
    expected = [f'Must be text, not {kind}. Put it in quotes: "{spelling}".']

    assert expected == problems(document)["companies.0.code"]


@pytest.mark.parametrize("spelling", ["16", "0x10", "0o20", "016", "+16", "1_6"])
def test_a_number_may_be_spelt_in_any_way(spelling: str) -> None:
    """Where a whole number is wanted each of YAML's spellings is one, in lists too, and leaves no trace."""
    text = f"global: {{seed: {spelling}}}\napproval: {{thresholds: [{spelling}]}}"
    config = config_from_mapping(parse_document(text.encode(), "yaml"))
    seed, (threshold,) = config.general.seed, config.approval.thresholds

    assert (16, 16, int, int) == (seed, threshold, type(seed), type(threshold))


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

    known = (
        "Known keys: target_count, line_items, amounts, sources, temporal, reversal_rate, "
        "foreign_currency_share."
    )
    assert [f"Unknown key. Did you mean target_count? {known}"] == details["transactions.target_cont"]
    assert [f"Unknown key. {known}"] == details["transactions.zzz"]


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
