"""The reference pages name what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.errors import DatasynthError
from tests.transports.documents.conftest import whole_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from datasynth.service.services import Services

REFERENCE = Path(__file__).parents[3] / "docs" / "reference"


def _headings(page: str) -> set[str]:
    return set(re.findall(r"^##+ `(.+)`$", (REFERENCE / page).read_text(), re.MULTILINE))


def _errors(of: type[DatasynthError]) -> Iterator[type[DatasynthError]]:
    for kind in of.__subclasses__():
        if "code" in vars(kind) or not kind.__subclasses__():
            yield kind
        yield from _errors(kind)


def test_every_endpoint_has_a_heading(make_services: Callable[..., Services]) -> None:
    """Each rule of the application with each of its methods is described."""
    endpoints = {
        f"{method} {re.sub(r'<(?:[a-z]+:)?', '<', rule.rule)}"
        for rule in whole_app(make_services()).url_map.iter_rules()
        if not rule.websocket
        for method in (rule.methods or set()) - {"HEAD"}
    }

    assert endpoints == _headings("rest.md")


def test_every_error_has_a_heading() -> None:
    """Each code of the error tree is described."""
    assert {kind.code for kind in _errors(DatasynthError)} == _headings("errors.md")


def test_the_table_of_errors_has_their_status() -> None:
    """The table shows each code beside its HTTP status."""
    page = (REFERENCE / "errors.md").read_text()
    rows = re.findall(r"^\| \[`(\w+)`\]\(#\w+\) \| (\d+) \|", page, re.MULTILINE)

    assert {(kind.code, str(kind.status.value)) for kind in _errors(DatasynthError)} == set(rows)
