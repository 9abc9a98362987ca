"""How many cases of each kind a process consists of."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from datasynth.config import INDUSTRIES, config_from_mapping
from datasynth.config.defaults import overlay
from datasynth.generation.schedule.mix import case_mix, foreign_singles, plain_part, process_shares
from datasynth.ledger.processes import CASE_KINDS, PROCESSES, SINGLE_KINDS, CaseKind
from tests.generation.configs import COMPANIES, PROCESS_KEYS

if TYPE_CHECKING:
    from datasynth.config import Config

CHAINED = Fraction(7, 10)
"""Part of a process that cases make up."""

"""Part of those that cases with a reversal may have."""


def config_of(*patches: dict[str, object], companies: int = 2, industry: str = "manufacturing") -> Config:
    """Return a configuration of some companies without reversals, with changes."""
    document: dict[str, object] = {
        "companies": COMPANIES[:companies],
        "global": {"industry": industry},
        "transactions": {"reversal_rate": 0},
    }
    for patch in patches:
        document = overlay(document, patch)
    return config_from_mapping(document)


def transactions(**settings: object) -> dict[str, object]:
    """Return a change of the transactions section."""
    return {"transactions": settings}


def flows(section: str, **rates: float) -> dict[str, object]:
    """Return a change of the document flows of one section."""
    return {"document_flows": {section: rates}}


def weights(**shares: float) -> dict[str, object]:
    """Return a change of the business processes: these shares, and 0 for all others."""
    return {"business_processes": {f"{name}_weight": shares.get(name, 0.0) for name in PROCESS_KEYS}}


def cases_of(config: Config) -> dict[str, tuple[CaseKind, Fraction]]:
    """Return cases an entry, by the name of their kind."""
    return {kind.name: (kind, cases) for kind, cases in zip(CASE_KINDS, case_mix(config), strict=True)}


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_cases_make_up_seven_tenths_of_their_process(industry: str) -> None:
    """With the other three tenths single documents fill the days up, whatever the rates are."""
    config = config_of(industry=industry)
    shares = process_shares(config)
    documents = dict.fromkeys(PROCESSES, Fraction(0))
    for kind, cases in cases_of(config).values():
        assert cases >= 0
        documents[kind.process] += cases * len(kind.steps)
    for process, share in zip(PROCESSES, shares, strict=True):
        expected = CHAINED * Fraction(share, sum(shares))
        if process == "R2R":
            # All of its cases are reversals, which have a rate of their own.
            assert documents[process] < expected
        else:
            assert expected == documents[process]


def test_a_process_without_weight_has_no_cases() -> None:
    """All cases and foreign documents belong to what has weight."""
    config = config_of(weights(o2c=0.75, tax=0.25))
    used = {kind.process for kind, cases in cases_of(config).values() if cases}
    abroad = {kind.process for kind, part in zip(SINGLE_KINDS, foreign_singles(config), strict=True) if part}

    assert {"O2C", "TAX"} == used
    assert set() == abroad


def test_companies_without_partners_spread_the_weight_of_intercompany() -> None:
    """One company alone has no share of it, two have."""
    alone, together = (process_shares(config_of(companies=number)) for number in (1, 2))

    assert (0, 40_000) == (alone[-1], together[-1])
    assert alone[:-1] == together[:-1]


@pytest.mark.parametrize("kind", [kind for kind in CASE_KINDS if kind.rate], ids=lambda kind: kind.name)
def test_rates_are_shares_of_the_invoices(kind: CaseKind) -> None:
    """So many invoices of the main kind are paid that way; what is paid together counts each invoice."""
    section, _, rate = kind.rate.partition(".")
    for wanted in (0.0, 0.13, 0.4):
        config = config_of(flows(section, **{rate: wanted}))
        cases = cases_of(config)
        family = [(other, part) for other, part in cases.values() if kind.of in {other.name, other.of}]
        invoices = sum(part * other.invoices for other, part in family)

        assert Fraction(str(wanted)) == cases[kind.name][1] * kind.invoices / invoices
        assert plain_part(config.document_flows, cases[kind.of][0]) == cases[kind.of][1] / invoices


def test_kinds_of_one_process_share_as_the_tables_say() -> None:
    """With the kinds that are a part of them, orders and services have the weights of their tables."""
    cases = cases_of(config_of())
    by_main: dict[str, Fraction] = {}
    for kind, part in cases.values():
        if kind.process == "O2C" and not kind.foreign:
            by_main[kind.of or kind.name] = (
                by_main.get(kind.of or kind.name, Fraction(0)) + part * kind.invoices
            )

    assert Fraction(1, 4) == by_main["service"] / by_main["order"]


@pytest.mark.parametrize("rate", [0.0, 0.02, 0.1])
def test_wrong_documents_and_reversals_leave_the_others_less_room(rate: float) -> None:
    """All kinds are thinned alike: of n right documents and w wrong ones, with w reversals, w is the rate."""
    without = cases_of(config_of(transactions(reversal_rate=0.0)))
    cases = cases_of(config_of(transactions(reversal_rate=rate)))
    wanted = Fraction(str(rate))
    wrong = wanted / (1 - wanted)
    for name, (kind, part) in cases.items():
        assert without[name][1] == part * (1 + 2 * wrong)
        assert kind.corrects < 0 or 0 == part


@pytest.mark.parametrize("share", [0.0, 0.035, 0.06])
def test_foreign_documents_are_as_frequent_as_configured(share: float) -> None:
    """Invoices abroad and company cards used abroad make up the share; what settles them is local."""
    config = config_of(transactions(foreign_currency_share=share))
    invoices = sum(part for kind, part in cases_of(config).values() if kind.foreign)

    assert Fraction(str(share)) == invoices + sum(foreign_singles(config))


@pytest.mark.parametrize("industry", INDUSTRIES)
def test_single_documents_give_way_where_much_is_asked_for(industry: str) -> None:
    """With much trade abroad, cases take their place, but never another process's."""
    wanted = Fraction(1, 5)
    config = config_of(transactions(foreign_currency_share=0.2), industry=industry)
    shares = dict(zip(PROCESSES, process_shares(config), strict=True))
    documents = dict.fromkeys(PROCESSES, Fraction(0))
    abroad = sum(foreign_singles(config), Fraction(0))
    for kind, cases in cases_of(config).values():
        assert cases >= 0
        documents[kind.process] += cases * len(kind.steps)
        abroad += cases if kind.foreign else 0
    parts = {process: found * sum(shares.values()) / shares[process] for process, found in documents.items()}

    assert CHAINED <= parts["O2C"]
    assert max(parts.values()) <= 1
    assert wanted * 6 / 10 < abroad <= wanted


def test_foreign_documents_follow_the_weights_of_their_processes() -> None:
    """Sales and purchases abroad share as order to cash and procure to pay do; currencies share evenly."""
    config = config_of(weights(o2c=0.5, p2p=0.25, r2r=0.25))
    cases = {name: part for name, (_, part) in cases_of(config).items()}
    templates = dict(zip((kind.name for kind in SINGLE_KINDS), foreign_singles(config), strict=True))
    bought = sum(cases[f"purchase_abroad_{number}"] + templates[f"card_abroad_{number}"] for number in (1, 2))

    assert cases["sale_abroad_1"] == cases["sale_abroad_2"]
    assert 2 * bought == 2 * cases["sale_abroad_1"]


def test_only_documents_abroad_are_foreign_singles() -> None:
    """Single documents at home have no share of their own among those in foreign currency."""
    for kind, part in zip(SINGLE_KINDS, foreign_singles(config_of()), strict=True):
        assert (kind.abroad >= 0) == (part > 0)
