"""What a server has answered, read by a strict parser and held to the one shape of failures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus

import h11

_FAILURE = {"error": str, "message": str, "details": dict}
_START = b"HTTP/1."
_UPGRADED = HTTPStatus.SWITCHING_PROTOCOLS


class Malformed(Exception):
    """What came is not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer.

    Attributes
    ----------
    status
        As the status line has it.
    headers
        Names in lower case.
    body
        Whole, or as much as has come.
    whole
        Whether all of it has come.
    """

    status: int
    headers: dict[str, str]
    body: bytes
    whole: bool = True

    def faults(self) -> list[str]:
        """Return what is wrong with it."""
        found = []
        if self.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            found.append("answers 500")
        if self.status != _UPGRADED:
            found += [
                f"has no {name}"
                for name in ("x-request-id", "x-content-type-options")
                if name not in self.headers
            ]
        if self.status >= HTTPStatus.BAD_REQUEST and self.whole and self.body:
            found += self._shape()
        return found

    def _shape(self) -> list[str]:
        try:
            told = json.loads(self.body)
        except ValueError:
            return [f"answers {self.status} without JSON"]
        if not isinstance(told, dict):
            return [f"answers {self.status} with {type(told).__name__}"]
        return [f"{key} is missing" for key, kind in _FAILURE.items() if not isinstance(told.get(key), kind)]


def read_answers(data: bytes, *, ended: bool) -> tuple[list[Answer], bytes]:
    """Read all final answers on a connection, in order.

    Parameters
    ----------
    data
        Everything that has come.
    ended
        Whether the server has ended the connection.

    Returns
    -------
    list of Answer, bytes
        The answers, and what follows an upgrade.

    Raises
    ------
    Malformed
        It is not HTTP, whatever was asked.
    """
    answers = []
    while data:
        answer, data = _read_one(data, ended=ended)
        if answer is None:
            break
        answers.append(answer)
        if answer.status == _UPGRADED:
            return answers, data
    return answers, b""


def _read_one(data: bytes, *, ended: bool) -> tuple[Answer | None, bytes]:
    """Read one answer, to a `GET` or else to a `HEAD`: what the server has understood is not known."""
    answer, rest, complaint = _attempt(data, "GET", ended=ended)
    if complaint or (answer is not None and _belongs_to_others(answer, rest)):
        bare, bare_rest, bare_complaint = _attempt(data, "HEAD", ended=ended)
        if not bare_complaint and bare is not None and bare.whole and _begins(bare_rest):
            return bare, bare_rest
    if complaint:
        raise Malformed(complaint)
    return answer, rest


def _belongs_to_others(answer: Answer, rest: bytes) -> bool:
    """Tell whether a body may be what follows an answer that has none."""
    return not answer.whole or answer.body.startswith(_START) or not _begins(rest)


def _begins(data: bytes) -> bool:
    return not data or data.startswith(_START[: len(data)])


def _attempt(data: bytes, method: str, *, ended: bool) -> tuple[Answer | None, bytes, str]:
    reader = h11.Connection(h11.CLIENT, max_incomplete_event_size=1 << 20)
    wish = [("Host", "a"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
    reader.send(h11.Request(method=method, target="/", headers=wish))
    reader.send(h11.EndOfMessage())
    answer = None
    try:
        reader.receive_data(data)
        if ended:
            reader.receive_data(b"")
        answer = _collect(reader)
    except h11.RemoteProtocolError as error:
        return None, b"", str(error)
    trailing = bytes(reader.trailing_data[0])
    return answer, trailing if answer is None or answer.whole else b"", ""


def _collect(reader: h11.Connection) -> Answer | None:
    head: h11.Response | h11.InformationalResponse | None = None
    body = b""
    while True:
        event = reader.next_event()
        match event:
            case h11.InformationalResponse(status_code=_UPGRADED.value):
                return Answer(event.status_code, _headers(event), b"")
            case h11.Response():
                head = event
            case h11.Data():
                body += event.data
            case h11.EndOfMessage():
                return None if head is None else Answer(head.status_code, _headers(head), body)
            case h11.InformationalResponse():
                continue
            case _:
                return None if head is None else Answer(head.status_code, _headers(head), body, whole=False)


def _headers(event: h11.Response | h11.InformationalResponse) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in event.headers}
