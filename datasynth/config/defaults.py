"""The defaults: those that keys declare, under the presets of industries and sizes of chart.

``presets/*.yaml`` hold what each industry changes or adds, and
``presets/complexity/*.yaml`` what goes with the size of the chart.
"""

from __future__ import annotations

from functools import cache, reduce
from importlib import resources
from typing import TYPE_CHECKING, Any

from datasynth.config.companies import Companies
from datasynth.config.document import parse_document
from datasynth.config.fields import Section, by_key
from datasynth.config.model import COMPLEXITIES, INDUSTRIES
from datasynth.config.schema import ConfigSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from marshmallow import Schema

REPLACED_WHOLE = frozenset({"custom_distribution"})
"""Keys whose value is an object that is replaced whole: parts of two distributions make no distribution."""


def overlay(base: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Lay one document over another: objects merge key by key, all else replaces.

    Neither argument is changed, and the result shares no object with them that
    a later overlay would change.
    """
    result = dict(base)
    for key, value in above.items():
        below = result.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and key not in REPLACED_WHOLE:
            result[key] = overlay(below, value)
        else:
            result[key] = value
    return result


def default_document(industry: object = None, complexity: object = None) -> dict[str, object]:
    """Whole default configuration of an industry and a size of chart, in document form.

    Parameters
    ----------
    industry
        One of `INDUSTRIES`; anything else gives the default industry's.
    complexity
        One of `COMPLEXITIES`; anything else gives the default size's.
    """
    declared = _declared()
    general, chart = declared["global"], declared["chart_of_accounts"]
    if isinstance(industry, str) and industry in INDUSTRIES:
        general = {**general, "industry": industry}
    if isinstance(complexity, str) and complexity in COMPLEXITIES:
        chart = {**chart, "complexity": complexity}
    layers = (
        _preset(f"complexity/{chart['complexity']}.yaml"),
        _preset(f"{general['industry']}.yaml"),
        {"global": general, "chart_of_accounts": chart},
    )
    return reduce(overlay, layers, declared)


def default_company() -> dict[str, object]:
    """What a company has besides its code if it names nothing else: the keys of the default company."""
    return {key: value for key, value in _declared()["companies"][0].items() if key != "code"}


@cache
def _declared() -> dict[str, Any]:
    return _declared_in(ConfigSchema())


def _declared_in(schema: Schema) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, field in by_key(schema).items():
        if isinstance(field, Section):
            found[key] = _declared_in(field.schema)
        elif isinstance(field, Companies):
            found[key] = [_declared_in(field.schema)]
        elif field.usual is not None:
            found[key] = field.serialize("usual", field)
    return found


@cache
def _preset(name: str) -> Mapping[str, object]:
    return parse_document(resources.files("datasynth.config").joinpath("presets", name).read_bytes(), "yaml")
