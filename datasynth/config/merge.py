"""What the user has changed, laid over the defaults.

A `ConfigDocument` keeps the two apart, so that ``null`` can return a key to its
default, and a change of industry or chart brings its presets along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from datasynth.config.defaults import REPLACED_WHOLE, default_company, default_document, overlay
from datasynth.config.document import MAX_DEPTH
from datasynth.config.large_numbers import spelt_for_json
from datasynth.config.schema import read_config, write_config
from datasynth.config.text_fields import COMPANY_CODE
from datasynth.config.yaml_text import write_yaml
from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from datasynth.config.model import Config

MAX_VALUES = 5_000
"""Values in one patch; fifty companies and a thousand numbers of lines need about fifteen hundred."""


@dataclass(frozen=True, slots=True)
class ConfigDocument:
    """A valid configuration and the overrides that make it; immutable.

    Attributes
    ----------
    config
        The configuration in effect.
    """

    config: Config
    _overrides: Mapping[str, object]

    @classmethod
    def defaults(cls) -> ConfigDocument:
        """Start from the defaults, nothing overridden."""
        return cls(read_config(_effective({})), {})

    def merge(self, patch: Mapping[str, object]) -> ConfigDocument:
        """Lay a partial document over this one, all of it or nothing.

        Objects merge key by key, lists and the distribution of lines replace,
        and ``null`` returns a key, or a whole section, to its default.

        Parameters
        ----------
        patch
            Partial document in plain JSON types; it is copied.

        Raises
        ------
        InvalidConfiguration
            With every problem of the result, by dotted path.
        InvalidRequest
            If the patch is no object, or too large or too deep to be one of ours.
        """
        if not isinstance(patch, Mapping):
            raise InvalidRequest("A configuration must be an object of keys and values.")
        _refuse_excess(patch)
        overrides = _revised(self._overrides, _copied_object(patch), default_document())
        return ConfigDocument(read_config(_effective(overrides)), overrides)

    def as_dict(self) -> dict[str, object]:
        """Whole configuration in effect, as a document of plain JSON types."""
        return write_config(self.config)

    def as_json(self) -> dict[str, object]:
        """Whole configuration in effect, with text for each number that JavaScript would round."""
        return {key: spelt_for_json(value) for key, value in self.as_dict().items()}

    def as_yaml(self) -> str:
        """Whole configuration in effect, as YAML text."""
        return write_yaml(self.as_dict())


def config_from_mapping(mapping: Mapping[str, object]) -> Config:
    """Configuration of a partial document over the defaults.

    Raises
    ------
    InvalidConfiguration
        With every problem, by dotted path.
    """
    return ConfigDocument.defaults().merge(mapping).config


def _refuse_excess(patch: Mapping[str, object]) -> None:
    """Count values and levels before anything is copied, so that the rest is quick."""
    pending: list[tuple[object, int]] = [(patch, 1)]
    values = 0
    while pending:
        value, depth = pending.pop()
        if not isinstance(value, (Mapping, list, tuple)):
            continue
        if depth > MAX_DEPTH:
            raise InvalidRequest(f"The configuration is nested deeper than {MAX_DEPTH} levels.")
        values += len(value)
        if values > MAX_VALUES:
            raise InvalidRequest(f"A configuration may have at most {MAX_VALUES:,} values.")
        items = value.values() if isinstance(value, Mapping) else value
        pending.extend((item, depth + 1) for item in items)


def _copied_object(value: Mapping[str, object]) -> dict[str, object]:
    return {key: _copied(item) for key, item in value.items()}


def _copied(value: object) -> object:
    if isinstance(value, Mapping):
        return _copied_object(value)
    return [_copied(item) for item in value] if isinstance(value, (list, tuple)) else value


def _revised(
    overrides: Mapping[str, object], patch: Mapping[str, object], known: Mapping[str, object]
) -> dict[str, object]:
    """Overrides after the patch; an unknown key stays in, so that the schema can name it."""
    result = dict(overrides)
    for key, value in patch.items():
        if value is None and key in known:
            result.pop(key, None)
            continue
        below = result.get(key, {})
        below_known = None if key in REPLACED_WHOLE else known.get(key)
        if isinstance(value, dict) and isinstance(below, dict) and isinstance(below_known, dict):
            result[key] = _revised(below, value, below_known)
        else:
            result[key] = value
    return result


def _effective(overrides: Mapping[str, object]) -> dict[str, object]:
    """Whole document: overrides over the defaults of their industry and size of chart."""
    defaults = default_document(
        _chosen(overrides, "global", "industry"), _chosen(overrides, "chart_of_accounts", "complexity")
    )
    document = overlay(defaults, overrides)
    companies = document.get("companies")
    if isinstance(companies, list):
        document["companies"] = [_completed(company) for company in companies]
    return document


def _chosen(overrides: Mapping[str, object], section: str, key: str) -> object:
    """The value of a key in the overrides, or None."""
    keys = overrides.get(section)
    return keys.get(key) if isinstance(keys, dict) else None


def _completed(company: object) -> object:
    """A company with what it leaves out, or sets to null, filled in."""
    if not isinstance(company, dict):
        return company
    code = company.get("code")
    named = isinstance(code, str) and COMPANY_CODE.fullmatch(code)
    filled = {"name": f"Company {code}" if named else "Company", **default_company()}
    known = {*filled, "code"}
    given = {key: value for key, value in company.items() if value is not None or key not in known}
    return {**filled, **given}
