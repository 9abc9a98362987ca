"""A configuration as a file for people: every key, with a comment that says what it does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from datasynth.config.companies import Companies
from datasynth.config.fields import Section, by_key
from datasynth.config.schema import ConfigSchema, write_config
from datasynth.config.yaml_text import write_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marshmallow import Schema

    from datasynth.config.model import Config

_STEP = "  "


def commented_yaml(config: Config) -> str:
    """YAML text of a whole configuration, with a comment of one line above each key.

    Reading it gives an equal configuration.
    """
    industry, complexity = config.general.industry, config.chart_of_accounts.complexity
    heading = [
        f"# A configuration of datasynth for {industry} with a {complexity} chart of accounts.",
        "# A key that is missing or null has its default value. Keep only the keys that you change.",
    ]
    return "\n".join([*heading, *_keys(ConfigSchema(), write_config(config), "")]) + "\n"


def _keys(schema: Schema, values: Any, indent: str) -> Iterator[str]:
    for key, field in by_key(schema).items():
        if not indent:
            yield ""
        yield f"{indent}# {field.description}"
        if isinstance(field, Section):
            yield f"{indent}{key}:"
            yield from _keys(field.schema, values[key], indent + _STEP)
        elif isinstance(field, Companies):
            yield f"{indent}{key}:"
            for company in values[key]:
                yield from _item(_keys(field.schema, company, indent + 2 * _STEP))
        else:
            yield from (f"{indent}{line}" for line in write_yaml({key: values[key]}).splitlines())


def _item(lines: Iterator[str]) -> Iterator[str]:
    """Lines of an object as those of a list's item: a dash before its first key."""
    comment, first, *rest = lines
    indent = len(first) - len(first.lstrip())
    yield comment.removeprefix(_STEP)
    yield f"{first[: indent - len(_STEP)]}- {first[indent:]}"
    yield from rest
