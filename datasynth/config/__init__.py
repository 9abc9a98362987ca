"""What a user may decide about the data.

Knows documents (JSON and YAML text), the keys and rules of a configuration, and
the defaults and presets under them.  A `Config` is always valid, so no other
folder checks it again.  Must not know how entries are made, nor who asks for
them: no transport, no service, no generation.

`model` declares the keys, `rules` say what must hold between them, `schema`
makes a marshmallow schema from both, and `merge` lays what a user has changed
over the defaults.
"""

from __future__ import annotations

from datasynth.config.commented import commented_yaml
from datasynth.config.document import MediaType, parse_document
from datasynth.config.files import load_config_file
from datasynth.config.json_schema import config_json_schema
from datasynth.config.merge import ConfigDocument, config_from_mapping
from datasynth.config.model import (
    COMPLEXITIES,
    INDUSTRIES,
    LARGEST_SEED,
    LARGEST_SEED_TEXT,
    MOST_ENTRIES,
    Config,
)
from datasynth.config.problems import unknown_key
from datasynth.config.spelling import plain
from datasynth.config.volumes import too_many

__all__ = [
    "COMPLEXITIES",
    "INDUSTRIES",
    "LARGEST_SEED",
    "LARGEST_SEED_TEXT",
    "MOST_ENTRIES",
    "Config",
    "ConfigDocument",
    "MediaType",
    "commented_yaml",
    "config_from_mapping",
    "config_json_schema",
    "load_config_file",
    "parse_document",
    "plain",
    "too_many",
    "unknown_key",
]
