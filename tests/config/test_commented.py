"""The file that people begin with."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
import yaml

from datasynth.config import (
    COMPLEXITIES,
    INDUSTRIES,
    ConfigDocument,
    commented_yaml,
    config_from_mapping,
    parse_document,
)
from datasynth.config.fields import Key
from datasynth.config.schema import ConfigSchema
from tests.config.documents import leaves

DEFAULTS = ConfigDocument.defaults()


@pytest.mark.parametrize("complexity", COMPLEXITIES)
@pytest.mark.parametrize("industry", INDUSTRIES)
def test_it_reads_back_equal(industry: str, complexity: str) -> None:
    """The defaults of each industry and size come back, by our reader and by another."""
    patch = {"global": {"industry": industry}, "chart_of_accounts": {"complexity": complexity}}
    document = DEFAULTS.merge(patch)
    text = commented_yaml(document.config)

    assert document.config == config_from_mapping(parse_document(text.encode(), "yaml"))
    assert document.as_dict() == yaml.safe_load(text)


def test_any_configuration_reads_back_equal() -> None:
    """Several companies, a distribution of one's own and names that need quotes survive too."""
    patch = {
        "companies": [{"code": "1000", "name": "Yes: # no"}, {"code": "b", "country": "NO"}],
        "transactions": {"line_items": {"custom_distribution": {"2": 0.5, "10": 0.5}}},
    }
    document = DEFAULTS.merge(patch)

    assert document.as_dict() == yaml.safe_load(commented_yaml(document.config))


def test_every_key_has_its_comment() -> None:
    """Above each key stands one line with what it does and what it may be."""
    lines = commented_yaml(DEFAULTS.config).splitlines()
    missing = []
    for path, field in leaves(ConfigSchema()):
        assert isinstance(field, Key)
        key = path.rpartition(".")[2]
        comment = f"# {field.meaning} [{field.limits}]"
        places = [place for place, line in enumerate(lines) if line.strip() == comment]
        if not any(re.match(rf"[ -]*{key}:", lines[place + 1]) for place in places):
            missing.append(path)

    assert [] == missing


def test_every_line_is_a_key_or_about_one() -> None:
    """No key stands without a comment above it."""
    lines = commented_yaml(DEFAULTS.config).splitlines()
    silent = [
        line
        for before, line in pairwise(lines)
        if re.match(r"[ -]*[a-z_0-9]+:", line) and not before.lstrip().startswith("#")
    ]

    assert [] == silent


def test_the_heading_names_the_presets() -> None:
    """The first line says for which industry and chart the file was written."""
    first = commented_yaml(DEFAULTS.config).splitlines()[0]

    assert "# A configuration of datasynth for manufacturing with a medium chart of accounts." == first
