"""Overrides, defaults and what comes of them."""

from __future__ import annotations

import copy
import json
from typing import cast

import orjson
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from datasynth.config import (
    COMPLEXITIES,
    INDUSTRIES,
    ConfigDocument,
    config_from_mapping,
    parse_document,
)
from datasynth.config.defaults import REPLACED_WHOLE
from datasynth.config.list_fields import LineDistribution
from datasynth.config.schema import ConfigSchema
from datasynth.errors import InvalidConfiguration, InvalidRequest
from tests.config.documents import leaves, nested
from tests.config.fuzz import fuzz

DEFAULTS = ConfigDocument.defaults()

KNOWN_KEYS = """
    global companies transactions business_processes seed industry start_date period_months code name
    currency country volume_weight target_count line_items max_lines temporal month_end_spike
    o2c_weight _schema general chart_of_accounts complexity custom_distribution amounts min max sources manual
    day_of_week document_flows o2c return_rate tax enabled master_data approval thresholds 2 10
"""
KEYS = st.text(max_size=5) | st.sampled_from(KNOWN_KEYS.split())
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([2**63, 2**64, 10**400, -(10**400)])
    | st.floats()
    | st.text(st.characters(), max_size=5)
    | st.sampled_from([*INDUSTRIES, *COMPLEXITIES, "2024-01-01", "USD", "US", "\ud800"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
SPIKES = st.floats(1, 20)
ACTIVITIES = st.floats(0, 1)
WEIGHTS = [
    f"{name}_weight" for name in ("o2c", "p2p", "r2r", "h2r", "a2r", "treasury", "tax", "intercompany")
]
LINE_SHARES: st.SearchStrategy[dict[str, float]] = st.lists(
    st.integers(2, 100), min_size=4, max_size=4, unique=True
).map(lambda lines: dict(zip(map(str, lines), (0.5, 0.25, 0.125, 0.125), strict=True))) | st.just({})
THRESHOLDS = st.lists(st.integers(1, 10**9), min_size=1, max_size=3, unique=True).map(sorted)
COMPANIES = st.lists(
    st.fixed_dictionaries(
        {"code": st.from_regex("[A-Za-z0-9_-]{1,16}", fullmatch=True)},
        optional={
            "name": st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=9),
            "currency": st.sampled_from(["USD", "JPY", "KWD"]),
            "country": st.sampled_from(["US", "NO", "DE"]),
            "volume_weight": st.floats(0.001, 1_000_000) | st.integers(1, 9),
        },
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda company: str(company["code"]),
)
VALID = st.fixed_dictionaries(
    {},
    optional={
        "global": st.fixed_dictionaries(
            {},
            optional={
                "seed": st.integers(0, 2**63 - 1),
                "industry": st.sampled_from(INDUSTRIES),
                "start_date": st.none(),
            },
        ),
        "companies": COMPANIES | st.none(),
        "transactions": st.fixed_dictionaries(
            {},
            optional={
                "target_count": st.integers(1, 10**12),
                "line_items": st.fixed_dictionaries({}, optional={"custom_distribution": LINE_SHARES}),
                "temporal": st.fixed_dictionaries(
                    {}, optional={"month_end_spike": SPIKES, "weekend_activity": ACTIVITIES}
                ),
            },
        ),
        "business_processes": st.permutations([0.5, 0.25, 0.125, 0.125, 0.0, 0.0, 0.0, 0.0]).map(
            lambda weights: dict(zip(WEIGHTS, weights, strict=True))
        ),
        "chart_of_accounts": st.fixed_dictionaries({"complexity": st.sampled_from(COMPLEXITIES)}),
        "approval": st.fixed_dictionaries({"thresholds": THRESHOLDS}),
        "tax": st.fixed_dictionaries({}, optional={"enabled": st.booleans(), "taxable_share": ACTIVITIES}),
        "master_data": st.fixed_dictionaries({}, optional={"customers": st.integers(1, 10**6)}),
    },
)


@fuzz
@given(JSON)
def test_any_value_gives_a_document_or_a_refusal(patch: object) -> None:
    """No JSON value raises anything but the two errors, and both can be sent."""
    before = copy.deepcopy(DEFAULTS.as_dict())
    try:
        merged = DEFAULTS.merge(cast("dict[str, object]", patch))
    except InvalidRequest as error:
        orjson.dumps([error.message, error.details])
    else:
        assert merged.config == config_from_mapping(merged.as_dict())
    assert before == DEFAULTS.as_dict()


@fuzz
@given(VALID)
def test_document_survives_both_spellings(patch: dict[str, object]) -> None:
    """What a configuration prints is read back as an equal configuration, as JSON and as YAML."""
    merged = DEFAULTS.merge(patch)

    assert merged.config == DEFAULTS.merge(parse_document(orjson.dumps(merged.as_dict()), "json")).config
    assert merged.config == DEFAULTS.merge(parse_document(merged.as_yaml().encode(), "yaml")).config
    assert merged.as_dict() == yaml.safe_load(merged.as_yaml())


@fuzz
@given(VALID, VALID)
def test_merging_twice_is_merging_the_later_over_the_earlier(
    first: dict[str, object], second: dict[str, object]
) -> None:
    """A repeated patch changes nothing more."""
    once = DEFAULTS.merge(first).merge(second)

    assert once.config == once.merge(second).config


@fuzz
@given(VALID)
def test_null_everywhere_is_the_default(patch: dict[str, object]) -> None:
    """Every section set to null is the default configuration again, whatever was set."""
    assert DEFAULTS == DEFAULTS.merge(patch).merge(dict.fromkeys(DEFAULTS.as_dict()))


SECTIONS = """
    global companies chart_of_accounts transactions business_processes document_flows tax intercompany
    master_data approval user_personas
"""


def test_defaults() -> None:
    """The defaults are those of the documented page and a single company."""
    document = DEFAULTS.as_dict()

    assert {
        "seed": 42,
        "industry": "manufacturing",
        "start_date": "2024-01-01",
        "period_months": 12,
        "fiscal_year_start_month": 1,
    } == document["global"]
    company = {
        "code": "1000",
        "name": "Company 1000",
        "currency": "USD",
        "country": "US",
        "volume_weight": 1.0,
    }
    assert [company] == document["companies"]
    assert SECTIONS.split() == list(document)
    assert 100_000 == DEFAULTS.config.transactions.target_count
    assert document == json.loads(json.dumps(document))


def test_objects_merge_and_lists_replace() -> None:
    """A patch leaves alone what it does not name, but a list is given whole."""
    first = DEFAULTS.merge({"companies": [{"code": "a"}, {"code": "b"}], "transactions": {"target_count": 5}})
    second = first.merge({"companies": [{"code": "c"}], "transactions": {"line_items": {"max_lines": 20}}})

    assert ["c"] == [company.code for company in second.config.companies]
    assert (5, 20) == (
        second.config.transactions.target_count,
        second.config.transactions.line_items.max_lines,
    )


def test_null_returns_a_key_or_a_section_to_its_default() -> None:
    """Null undoes one key, or a section with all that is in it."""
    changed = DEFAULTS.merge(
        {
            "global": {"seed": 7, "period_months": 3},
            "transactions": {"target_count": 5, "temporal": {"year_end_spike": 9}},
        }
    )

    one = changed.merge({"global": {"seed": None}, "transactions": {"temporal": None}})
    assert (42, 3) == (one.config.general.seed, one.config.general.period_months)
    assert (5, 4.0) == (one.config.transactions.target_count, one.config.transactions.temporal.year_end_spike)
    assert DEFAULTS.config == one.merge({"global": None, "transactions": None}).config


def test_null_in_a_company_is_that_key_s_default() -> None:
    """In a list, null stands for what the key would be if it were left out."""
    patch = {
        "companies": [{"code": "x", "name": None, "currency": None, "country": "DE", "volume_weight": None}]
    }

    company = DEFAULTS.merge(patch).config.companies[0]

    assert ("Company x", "USD", "DE", 1.0) == (
        company.name,
        company.currency,
        company.country,
        company.volume_weight,
    )


def test_industry_brings_its_preset() -> None:
    """Weights follow the industry until they are set, and again once they are null."""
    retail = DEFAULTS.merge({"global": {"industry": "retail"}})
    own = dict.fromkeys(WEIGHTS, 0) | {"o2c_weight": 1}
    pinned = retail.merge({"business_processes": own})

    assert (0.445, 5.0, 0.12, 10) == (
        retail.config.business_processes.o2c_weight,
        retail.config.transactions.temporal.year_end_spike,
        retail.config.transactions.sources.manual,
        retail.config.document_flows.o2c.payment_days,
    )
    assert 1.0 == pinned.merge({"global": {"industry": "energy"}}).config.business_processes.o2c_weight
    assert retail.config == pinned.merge({"business_processes": None}).config
    assert DEFAULTS.config == retail.merge({"global": {"industry": None}}).config


def test_complexity_brings_its_preset() -> None:
    """Master data follow the chart until they are set, and again once they are null."""
    large = DEFAULTS.merge({"chart_of_accounts": {"complexity": "large"}})
    pinned = large.merge({"master_data": {"customers": 7}})
    small = pinned.merge({"chart_of_accounts": {"complexity": "small"}})

    assert (5000, 1500) == (large.config.master_data.customers, large.config.master_data.employees)
    assert (7, 40) == (small.config.master_data.customers, small.config.master_data.employees)
    assert large.config == pinned.merge({"master_data": {"customers": None}}).config
    assert DEFAULTS.config == large.merge({"chart_of_accounts": None}).config


def test_industry_and_complexity_do_not_disturb_each_other() -> None:
    """Either preset is in effect whichever was chosen first."""
    one, two = {"global": {"industry": "energy"}}, {"chart_of_accounts": {"complexity": "small"}}

    both = DEFAULTS.merge(one).merge(two)

    assert both.config == DEFAULTS.merge(two).merge(one).config
    assert (0.15, 100) == (both.config.business_processes.a2r_weight, both.config.master_data.customers)


def test_override_that_no_longer_fits_the_new_preset_is_told() -> None:
    """A weight that fitted one industry and not the next is refused, not bent."""
    document = DEFAULTS.merge({"business_processes": {"o2c_weight": 0.23}})

    with pytest.raises(InvalidConfiguration, match="must sum to 1"):
        document.merge({"global": {"industry": "retail"}})


def test_line_distribution_is_replaced_whole() -> None:
    """Shares of two distributions do not mix, null in it is no default, and null for it is."""
    first, second = {"2": 0.5, "4": 0.5}, {"3": 1.0}
    path = "transactions.line_items.custom_distribution"
    document = DEFAULTS.merge(nested(path, first)).merge(nested(path, second))

    assert ((3, 1.0),) == document.config.transactions.line_items.custom_distribution
    assert () == document.merge(nested(path, {})).config.transactions.line_items.custom_distribution
    assert () == document.merge(nested(path, None)).config.transactions.line_items.custom_distribution
    with pytest.raises(InvalidConfiguration, match="not null"):
        document.merge(nested(path, {"3": None}))


def test_keys_that_are_replaced_whole_are_those_of_distributions() -> None:
    """What merging takes for one value is what the schema takes for one."""
    found = {
        path.rpartition(".")[2]
        for path, field in leaves(ConfigSchema())
        if isinstance(field, LineDistribution)
    }

    assert REPLACED_WHOLE == found


def test_the_largest_configuration_is_within_the_limits() -> None:
    """Fifty companies and every number of lines are read back from either spelling."""
    companies = [{"code": f"{number:0>16}", "name": "ü" * 100} for number in range(50)]
    shares = {str(lines): 1 / 999 for lines in range(2, 1001)}
    line_items = {"max_lines": 1000, "custom_distribution": shares}

    merged = DEFAULTS.merge({"companies": companies, "transactions": {"line_items": line_items}})

    assert merged.config == DEFAULTS.merge(parse_document(orjson.dumps(merged.as_dict()), "json")).config
    assert merged.config == DEFAULTS.merge(parse_document(merged.as_yaml().encode(), "yaml")).config


def test_all_or_nothing() -> None:
    """A patch with one wrong value changes nothing."""
    document = DEFAULTS.merge({"global": {"seed": 7}})
    before = document.as_dict()

    with pytest.raises(InvalidConfiguration):
        document.merge({"global": {"seed": 8}, "transactions": {"target_count": 0}})

    assert before == document.as_dict()
    assert 7 == document.merge({}).config.general.seed


def test_document_keeps_no_part_of_its_patch() -> None:
    """Who changes a patch or a printed document afterwards changes no configuration."""
    patch: dict[str, object] = {"companies": [{"code": "a"}], "global": {"seed": 1}}
    document = DEFAULTS.merge(patch)
    cast("list[dict[str, object]]", patch["companies"])[0]["code"] = "b"
    cast("dict[str, object]", patch["global"])["seed"] = 2
    cast("dict[str, object]", document.as_dict()["global"])["seed"] = 3

    again = document.merge({})

    assert ("a", 1) == (again.config.companies[0].code, again.config.general.seed)


@pytest.mark.parametrize("patch", [None, 5, "x", [], True])
def test_patch_must_be_an_object(patch: object) -> None:
    """Anything but an object is refused."""
    with pytest.raises(InvalidRequest, match="must be an object"):
        DEFAULTS.merge(cast("dict[str, object]", patch))


def test_patch_without_end() -> None:
    """A patch that holds itself is refused, as is one that is merely deep."""
    endless: dict[str, object] = {}
    endless["global"] = endless

    with pytest.raises(InvalidRequest, match="deeper than 50"):
        DEFAULTS.merge(endless)


def test_negative_zero_is_zero() -> None:
    """Equal configurations print equally."""
    document = DEFAULTS.merge({"transactions": {"temporal": {"weekend_activity": -0.0}}})

    assert '"weekend_activity": 0.0' in json.dumps(document.as_dict())


def test_scale_of_numbers_is_one() -> None:
    """A whole number for a decimal one is the same configuration."""
    one, two = ({"transactions": {"temporal": {"month_end_spike": value}}} for value in (3, 3.0))

    assert DEFAULTS.merge(one).as_yaml() == DEFAULTS.merge(two).as_yaml()
