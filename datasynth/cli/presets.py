"""The flags that choose presets, for the commands that begin with a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from datasynth.config import COMPLEXITIES, INDUSTRIES

if TYPE_CHECKING:
    import argparse

    from datasynth.config import ConfigDocument


def add_presets(parser: argparse.ArgumentParser) -> None:
    """Add ``--industry`` and ``--complexity``."""
    parser.add_argument(
        "--industry", choices=INDUSTRIES, metavar="NAME", help=f"one of {', '.join(INDUSTRIES)}"
    )
    parser.add_argument(
        "--complexity",
        choices=COMPLEXITIES,
        metavar="SIZE",
        help=f"chart of accounts: {', '.join(COMPLEXITIES)}",
    )


def with_presets(document: ConfigDocument, flags: argparse.Namespace) -> ConfigDocument:
    """Document with the presets that the flags name, and its own where they name none."""
    patch: dict[str, object] = {}
    if flags.industry is not None:
        patch["global"] = {"industry": flags.industry}
    if flags.complexity is not None:
        patch["chart_of_accounts"] = {"complexity": flags.complexity}
    return document.merge(patch)
