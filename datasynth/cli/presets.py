"""The flags that choose presets, for the commands that begin with a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import COMPLEXITIES, INDUSTRIES

if TYPE_CHECKING:
    import argparse

    from datasynth.config import ConfigDocument


def add_presets(parser: argparse.ArgumentParser) -> None:
    """Add ``--industry``, ``--complexity`` and ``--start-date``."""
    parser.add_argument(
        "--industry", choices=INDUSTRIES, metavar="NAME", help=f"one of {', '.join(INDUSTRIES)}"
    )
    parser.add_argument(
        "--complexity",
        choices=COMPLEXITIES,
        metavar="SIZE",
        help=f"chart of accounts: {', '.join(COMPLEXITIES)}",
    )
    parser.add_argument("--start-date", metavar="DATE", help="first posting date, such as 2024-01-01")


def with_presets(document: ConfigDocument, flags: argparse.Namespace) -> ConfigDocument:
    """Return the document with the presets of the flags over its own."""
    return document.merge(presets_patch(flags))


def presets_patch(flags: argparse.Namespace) -> dict[str, dict[str, object]]:
    """Return the flags' presets as a partial document."""
    named = {
        ("global", "industry"): flags.industry,
        ("global", "start_date"): flags.start_date,
        ("chart_of_accounts", "complexity"): flags.complexity,
    }
    patch: dict[str, dict[str, object]] = {}
    for (section, key), value in named.items():
        if value is not None:
            patch.setdefault(section, {})[key] = value
    return patch
