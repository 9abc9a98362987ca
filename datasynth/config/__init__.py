"""What a user may decide about the data, and what is decided for them.

Knows documents (JSON and YAML text), the schema they must obey, and the
defaults and industry presets under them.  Everything that leaves this folder
as a `Config` is valid, so nobody below or above checks it again.  Must not know
how entries are made, nor who asks for them: no transport, no service, no
generation.
"""

from __future__ import annotations

from datasynth.config.document import MediaType, parse_document
from datasynth.config.files import load_config_file
from datasynth.config.merge import ConfigDocument, config_from_mapping
from datasynth.config.model import (
    INDUSTRIES,
    BusinessProcesses,
    Company,
    Config,
    GlobalSettings,
    LineItems,
    Temporal,
    Transactions,
)

__all__ = [
    "INDUSTRIES",
    "BusinessProcesses",
    "Company",
    "Config",
    "ConfigDocument",
    "GlobalSettings",
    "LineItems",
    "MediaType",
    "Temporal",
    "Transactions",
    "config_from_mapping",
    "load_config_file",
    "parse_document",
]
