"""Numbers that remember how a document spelt them.

YAML reads ``code: 0100`` as the number 100.  The sentence that refuses it
suggests ``"0100"``, which the number alone does not know.
"""

from __future__ import annotations


class _SpeltInteger(int):
    spelling = ""


class _SpeltDecimal(float):
    spelling = ""


def spelt(value: float, spelling: str) -> float:
    """Return the number, whole or not, which remembers its spelling if that is not the usual one."""
    if str(value) == spelling:
        return value
    kind = _SpeltInteger if isinstance(value, int) else _SpeltDecimal
    remembering = kind(value)
    remembering.spelling = spelling
    return remembering


def spelling_of(value: float) -> str:
    """How a document spelt the number."""
    return value.spelling if isinstance(value, (_SpeltInteger, _SpeltDecimal)) else str(value)


def plain(value: object) -> object:
    """Return a value of a document with numbers, in lists and objects too, that are nothing but numbers."""
    if isinstance(value, _SpeltInteger):
        return int(value)
    if isinstance(value, _SpeltDecimal):
        return float(value)
    if isinstance(value, list):
        return [plain(item) for item in value]
    return {key: plain(item) for key, item in value.items()} if isinstance(value, dict) else value
