"""The defaults, read once from the data files beside this module.

``defaults.yaml`` holds what is true of every industry, ``presets/*.yaml`` what
each industry changes or adds.  Neither is handed out unless copied.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from datasynth.config.document import parse_document
from datasynth.config.model import INDUSTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping


def overlay(base: Mapping[str, object], above: Mapping[str, object]) -> dict[str, object]:
    """Lay one document over another: objects merge key by key, all else replaces.

    Neither argument is changed, and the result shares no object with them that
    a later overlay would change.
    """
    result = dict(base)
    for key, value in above.items():
        below = result.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            result[key] = overlay(below, value)
        else:
            result[key] = value
    return result


def default_document(industry: object = None) -> dict[str, object]:
    """Whole default configuration of an industry, in document form.

    Parameters
    ----------
    industry
        One of `INDUSTRIES`; anything else gives the default industry's.
    """
    general = _data_file("defaults.yaml")
    if isinstance(industry, str) and industry in INDUSTRIES:
        return overlay(overlay(general, {"global": {"industry": industry}}), _preset(industry))
    section = general["global"]
    name = section.get("industry") if isinstance(section, dict) else None
    return overlay(general, _preset(str(name)))


def default_company() -> dict[str, object]:
    """What a company has that names nothing but its code."""
    companies = _data_file("defaults.yaml")["companies"]
    first = companies[0] if isinstance(companies, list) else {}
    return {key: value for key, value in first.items() if key != "code"}


def _preset(industry: str) -> Mapping[str, object]:
    return _data_file(f"presets/{industry}.yaml")


@cache
def _data_file(name: str) -> Mapping[str, object]:
    return parse_document(resources.files("datasynth.config").joinpath(name).read_bytes(), "yaml")
