"""``datasynth config``: the schema of configurations, and a configuration in full."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from datasynth.cli.presets import add_presets, with_presets
from datasynth.cli.program import Parser, print_out, run_command
from datasynth.config import ConfigDocument, config_json_schema, load_config_file

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(arguments: Sequence[str]) -> int:
    """Print what was asked for.

    Parameters
    ----------
    arguments
        What follows the command.

    Returns
    -------
    int
        Exit status: 0, or 2 for arguments or a file that make no sense.
    """
    return run_command(partial(_config, arguments))


def _config(arguments: Sequence[str]) -> int:
    flags = _parser().parse_args(arguments)
    text: str = flags.text(flags)
    print_out(text)
    return 0


def _parser() -> Parser:
    parser = Parser(
        prog="datasynth config",
        description="Print the JSON Schema of the configuration, or a whole configuration.",
    )
    subjects = parser.add_subparsers(required=True, metavar="schema|show")
    schema = subjects.add_parser("schema", help="JSON Schema (draft 2020-12) of the whole document")
    schema.set_defaults(text=_schema)
    show = subjects.add_parser(
        "show", help="the whole configuration as YAML: the file merged over the defaults"
    )
    show.set_defaults(text=_show)
    show.add_argument("--config", metavar="FILE", help="YAML or JSON file, merged over the defaults")
    add_presets(show)
    return parser


def _schema(_: argparse.Namespace) -> str:
    return json.dumps(config_json_schema(), indent=2, ensure_ascii=False) + "\n"


def _show(flags: argparse.Namespace) -> str:
    document = ConfigDocument.defaults() if flags.config is None else load_config_file(flags.config)
    return with_presets(document, flags).as_yaml()
