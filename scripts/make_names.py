"""Writes ``datasynth/ledger/names.toml``: first and last names of people, by locale.

The lists come from Faker (MIT licence), which the package itself does not need;
``make names`` installs the version that has been used, and runs this.

Nobody has to run it again: names are part of what a seed stands for, and another
version of Faker has other lists.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

OUT = Path(__file__).parent.parent / "datasynth" / "ledger" / "names.toml"
FIRST, LAST = 240, 400
WIDTH = 110

LOCALES = {
    "en_US": ("first_names", "last_names"),
    "en_GB": ("first_names", "last_names"),
    "en_IN": ("first_names", "last_names"),
    "de_DE": ("first_names", "last_names"),
    "fr_FR": ("first_names", "last_names"),
    "es_ES": ("first_names", "last_names"),
    "it_IT": ("first_names", "last_names"),
    "nl_NL": ("first_names", "last_names"),
    "sv_SE": ("first_names", "last_names"),
    "da_DK": ("first_names", "last_names"),
    "no_NO": ("first_names", "last_names"),
    "fi_FI": ("first_names", "last_names"),
    "pt_PT": ("first_names", "last_names"),
    "pl_PL": ("first_names", "unisex_last_names"),
    "tr_TR": ("first_names", "last_names"),
    "ro_RO": ("first_names", "last_names"),
    "id_ID": ("first_names", "last_names"),
    "zh_CN": ("first_romanized_names", "last_romanized_names"),
    "ja_JP": ("first_romanized_names", "last_romanized_names"),
}
"""Attributes of a locale's provider that hold its lists."""

NAME = re.compile(r"((van|van den|van der|de) )?[^\W\d_]{2,}(-[^\W\d_]{2,})?")
"""What is taken: one word, or two with a hyphen; other entries are titles, jests and oddities."""

GENDERED = re.compile(r".*(ski|cki|dzki|ska|cka|dzka|[^c]y|[^j]a)$")
"""Polish surnames that would have to agree with the first name."""


def chosen(names: Sequence[str] | Mapping[str, float], most: int) -> list[str]:
    """Return the commonest names where a list says how common they are, else evenly spread ones."""
    known = [name for name in dict.fromkeys(names) if NAME.fullmatch(name)]
    if isinstance(names, Mapping):
        known.sort(key=lambda name: -names[name])
        return known[:most]
    return [known[place * len(known) // most] for place in range(most)] if len(known) > most else known


def filled(names: Sequence[str]) -> str:
    """Return names in quotes, in lines of one width; a name of several words is not broken."""
    text = ", ".join(f'"{name}"'.replace(" ", "\0") for name in names)
    lines = fill(text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False)
    return lines.replace("\0", " ")


def main() -> None:
    """Write the file."""
    licence = metadata.distribution("faker").read_text("licenses/LICENSE.txt") or ""
    lines = [
        "# First and last names by locale.  Written by scripts/make_names.py; not to be edited.",
        f"# The lists are taken from Faker {metadata.version('faker')}, which comes under this licence:",
        "#",
        *(f"# {line}".rstrip() for line in licence.strip().splitlines()),
    ]
    for locale, (first, last) in LOCALES.items():
        provider = importlib.import_module(f"faker.providers.person.{locale}").Provider
        surnames = getattr(provider, last)
        if locale == "pl_PL":
            surnames = [name for name in surnames if not GENDERED.fullmatch(name)]
        lines += ["", f"[{locale}]"]
        for key, names in (
            ("first", chosen(getattr(provider, first), FIRST)),
            ("last", chosen(surnames, LAST)),
        ):
            lines += [f"{key} = [", f"{filled(names)},", "]"]
    OUT.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
