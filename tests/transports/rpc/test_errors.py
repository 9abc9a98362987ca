"""The error table as gRPC says it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

import grpc
import pytest

from datasynth import errors
from datasynth.transports.rpc.errors import DETAILS_BYTES, MESSAGE_BYTES, translate

if TYPE_CHECKING:
    from datasynth.errors import DatasynthError

TABLE = {
    errors.InvalidRequest("No."): grpc.StatusCode.INVALID_ARGUMENT,
    errors.InvalidConfiguration("No."): grpc.StatusCode.INVALID_ARGUMENT,
    errors.UnknownPattern("No."): grpc.StatusCode.INVALID_ARGUMENT,
    errors.Unauthorized("No."): grpc.StatusCode.UNAUTHENTICATED,
    errors.Forbidden("No."): grpc.StatusCode.PERMISSION_DENIED,
    errors.NotFound("No."): grpc.StatusCode.NOT_FOUND,
    errors.NoStream("No."): grpc.StatusCode.NOT_FOUND,
    errors.StreamAlreadyRunning("No."): grpc.StatusCode.FAILED_PRECONDITION,
    errors.NoActiveStream("No."): grpc.StatusCode.FAILED_PRECONDITION,
    errors.TooManyTriggers("No."): grpc.StatusCode.FAILED_PRECONDITION,
    errors.RateLimitExceeded("No.", 7): grpc.StatusCode.RESOURCE_EXHAUSTED,
    errors.InternalError("No."): grpc.StatusCode.INTERNAL,
    errors.Overloaded("No."): grpc.StatusCode.UNAVAILABLE,
}


@pytest.mark.parametrize("error", TABLE, ids=lambda error: error.code)
def test_every_error_has_its_status_and_its_code(error: DatasynthError) -> None:
    """The status is the table's, the code travels beside it."""
    refusal = translate(error)

    assert TABLE[error] == refusal.code
    assert error.code == refusal.trailers["error-code"]
    assert refusal.message == "No."


def test_waiting_times_travel_in_metadata() -> None:
    """Errors that pass say when to come back."""
    assert translate(errors.RateLimitExceeded("Wait.", 7)).trailers["retry-after"] == "7"
    assert translate(errors.Overloaded("Wait.", retry_after=3)).trailers["retry-after"] == "3"
    assert "retry-after" not in translate(errors.NotFound("Gone.")).trailers


def test_all_problems_are_in_message_and_details() -> None:
    """A configuration's problems are there for a person and for a program."""
    problems = {"global.seed": ["Must be a whole number."], "companies": ["Too many.", "Too odd."]}

    refusal = translate(errors.InvalidConfiguration("Not valid.", problems))

    assert problems == json.loads(refusal.trailers["error-details"])
    sentences = ["Not valid.", "global.seed: Must be a whole number.", "companies: Too many. Too odd."]
    assert sentences == refusal.message.split("\n")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            errors.InvalidRequest("Not like this.", {"count": ["Too small."]}),
            "Not like this.\ncount: Too small.",
        ),
        (errors.InvalidRequest("count: Too small.", {"count": ["Too small."]}), "count: Too small."),
        (
            errors.InvalidConfiguration("No. target_count: 7", {"count": ["7"]}),
            "No. target_count: 7\ncount: 7",
        ),
        (errors.InvalidConfiguration("No YAML.", {"": ["Odd."]}), "No YAML.\nOdd."),
        (errors.UnknownPattern("No.", {"patterns": ["a", "b"]}), "No.\npatterns: a b"),
        (errors.Overloaded("No.", {"limit_bytes": 7}), "No."),
    ],
    ids=str,
)
def test_a_cause_is_in_the_message_once(error: DatasynthError, expected: str) -> None:
    """Clients that show nothing but the message show what is wrong; figures stay in the details."""
    assert expected == translate(error).message


def test_what_is_too_long_for_metadata_is_cut() -> None:
    """A thousand problems in Greek still arrive, as far as there is room, and say that there are more."""
    problems = {f"κλειδί_{number}": ["Άγνωστο πεδίο."] for number in range(1_000)}

    refusal = translate(errors.InvalidConfiguration("Not valid.", problems))
    details = json.loads(refusal.trailers["error-details"])

    assert len(quote(refusal.message, safe="")) < MESSAGE_BYTES + 32
    assert refusal.message.endswith(" …")
    assert len(refusal.trailers["error-details"]) < DETAILS_BYTES + 64
    assert refusal.trailers["error-details"].isascii()
    assert details["…"] == f"{1_000 - (len(details) - 1)} more"
