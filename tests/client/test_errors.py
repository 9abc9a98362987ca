"""The tree of what can go wrong."""

from __future__ import annotations

import re

import pytest

from datasynth import errors as server_errors
from datasynth.client import errors
from datasynth.client.errors import ClientError, ConflictError, RefusedError, refusal_codes


def _leaves(error: type[server_errors.DatasynthError]) -> set[str]:
    own = {error.code} if "code" in vars(error) else set()
    return own.union(*(_leaves(child) for child in error.__subclasses__()))


def _tree(kind: type[ClientError], depth: int = 0) -> list[tuple[int, str, str]]:
    code = "(abstract)" if kind is ConflictError else kind.code
    here = (depth, kind.__name__, code)
    return [here, *(one for child in kind.__subclasses__() for one in _tree(child, depth + 1))]


def test_each_code_of_the_server_has_a_class() -> None:
    """Whatever the server says has an `except` of its own, and nothing is made up."""
    assert _leaves(server_errors.DatasynthError) | {"internal_error"} == set(refusal_codes())


def test_classes_lie_under_one_another_as_the_servers_do() -> None:
    """Who catches what is general catches what is special."""
    ours = refusal_codes()
    for kind in server_errors.DatasynthError.__subclasses__():
        for child in kind.__subclasses__():
            if "code" in vars(kind):
                assert issubclass(ours[child.code], ours[kind.code])


def test_the_docstring_draws_the_tree() -> None:
    """The picture has every class where it is, with its code."""
    drawn = re.findall(r"^    ([│├└─ ]*)(\w+Error) *(\S+.*)?$", errors.__doc__ or "", re.MULTILINE)
    found = [(len(indent) // 4, name, code.strip()) for indent, name, code in drawn]
    expected = [(depth, name, code) for depth, name, code in _tree(ClientError) if depth]

    expected = [
        (depth, name, "any code of the server that is not below" if name == "RefusedError" else code)
        for depth, name, code in expected
    ]
    assert expected == found[1:]


def test_an_error_says_what_it_knows() -> None:
    """The sentence is what is printed; the rest is for programs."""
    error = RefusedError("Not now.", {"a": 1}, 503, code="overloaded", retry_after=2.0)

    assert ("Not now.", "Not now.", {"a": 1}, 503, "overloaded", 2.0) == (
        str(error),
        error.message,
        error.details,
        error.status,
        error.code,
        error.retry_after,
    )


@pytest.mark.parametrize("kind", [errors.NoServerError, errors.TimedOutError, errors.JournalChangedError])
def test_errors_without_an_answer_have_no_status(kind: type[ClientError]) -> None:
    """Nobody has answered."""
    assert (None, {}, None) == (kind("No.").status, kind("No.").details, kind("No.").retry_after)
