"""The defaults, read once from the data files beside this module.

``defaults.yaml`` holds what is true of all data sets, ``presets/*.yaml`` what each
industry changes or adds, and ``presets/complexity/*.yaml`` what goes with the
size of the chart.  None is handed out unless copied.
"""

from __future__ import annotations

from functools import cache, reduce
from importlib import resources
from typing import TYPE_CHECKING

from datasynth.config.document import parse_document
from datasynth.config.model import COMPLEXITIES, INDUSTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

REPLACED_WHOLE = frozenset({"custom_distribution"})
"""Keys whose value is an object, yet one value: parts of two of them would make no third."""


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
    general = _data_file("defaults.yaml")
    chosen = {
        "global": {"industry": _known(industry, INDUSTRIES, general["global"], "industry")},
        "chart_of_accounts": {
            "complexity": _known(complexity, COMPLEXITIES, general["chart_of_accounts"], "complexity")
        },
    }
    layers = (
        _data_file(f"presets/complexity/{chosen['chart_of_accounts']['complexity']}.yaml"),
        _data_file(f"presets/{chosen['global']['industry']}.yaml"),
        chosen,
    )
    return reduce(overlay, layers, dict(general))


def default_company() -> dict[str, object]:
    """What a company has that names nothing but its code."""
    companies = _data_file("defaults.yaml")["companies"]
    first = companies[0] if isinstance(companies, list) else {}
    return {key: value for key, value in first.items() if key != "code"}


def _known(word: object, words: Sequence[str], section: object, key: str) -> str:
    """The word, if it is one of ours, else the section's."""
    if isinstance(word, str) and word in words:
        return word
    return str(section[key]) if isinstance(section, dict) else ""


@cache
def _data_file(name: str) -> Mapping[str, object]:
    return parse_document(resources.files("datasynth.config").joinpath(name).read_bytes(), "yaml")
