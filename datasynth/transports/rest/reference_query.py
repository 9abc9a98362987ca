"""The query of a call for reference data: every fault found and told at once."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, get_args

from datasynth.encoding.tables import TableFormat
from datasynth.errors import InvalidRequest
from datasynth.service.reference.query import LARGEST_PAGE, Per, ReferenceQuery
from datasynth.transports.query_keys import DATE, key_problems, read_date

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.datastructures import MultiDict

    from datasynth.service.reference.query import At

_NUMBER = re.compile(r"[0-9]{1,40}", re.ASCII)


def read_reference_query(query: MultiDict[str, str], keys: Sequence[str]) -> ReferenceQuery:
    """Read a query that may have these keys.

    Raises
    ------
    InvalidRequest
        ``details`` maps each faulty key to a list of sentences.
    """
    problems = key_problems(query, keys)
    values: dict[str, Any] = query.to_dict()
    for key, read in (("at", _at), ("limit", _limit), ("format", _format), ("per", _per)):
        try:
            if key in values:
                values[key] = read(values[key])
        except ValueError as error:
            problems.setdefault(key, []).append(str(error))
    if problems:
        raise InvalidRequest(f"The query has faults in: {', '.join(problems)}.", problems)
    return ReferenceQuery(**values)


def _at(text: str) -> At:
    if text == "head":
        return "head"
    if _NUMBER.fullmatch(text):
        return int(text)
    if not DATE.fullmatch(text):
        raise ValueError("Must be a number of entries, a date such as 2024-03-31, or head.")
    return read_date(text)


def _limit(text: str) -> int:
    if _NUMBER.fullmatch(text) and 1 <= int(text) <= LARGEST_PAGE:
        return int(text)
    raise ValueError(f"Must be a whole number from 1 to {LARGEST_PAGE:,}, not {text[:40]!a}.")


def _format(name: str) -> TableFormat:
    if name in set(TableFormat):
        return TableFormat(name)
    raise ValueError(f"Must be one of: {', '.join(TableFormat)}.")


def _per(name: str) -> Per:
    match name:
        case "day" | "month":
            return name
    raise ValueError(f"Must be one of: {', '.join(get_args(Per))}.")
