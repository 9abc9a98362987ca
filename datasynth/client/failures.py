"""Failures of httpx and websockets as errors of the client, in one place for both kinds of program."""

from __future__ import annotations

import os
import socket
import ssl
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from datasynth.client.errors import ConnectionLostError, NoServerError, TimedOutError, UnexpectedAnswerError
from datasynth.client.refusals import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def http_failures(url: str) -> Iterator[None]:
    """Turn what httpx raises into errors of the client.

    Parameters
    ----------
    url
        Of the server, as the errors name it.
    """
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise NoServerError(f"{url}: {_reason(error)}") from error
    except httpx.TimeoutException as error:
        raise TimedOutError(f"{url}: the server did not answer in time") from error
    except httpx.TransportError as error:
        raise ConnectionLostError(f"{url}: the connection was lost: {_reason(error)}") from error
    except httpx.HTTPError as error:
        raise UnexpectedAnswerError(f"{url}: {_reason(error)}") from error


@contextmanager
def websocket_failures(url: str) -> Iterator[None]:
    """Turn what websockets raises into errors of the client.

    Parameters
    ----------
    url
        Of the server, as the errors name it.
    """
    try:
        yield
    except InvalidStatus as error:
        answer = error.response
        raise refusal(answer.status_code, answer.headers, bytes(answer.body or b"")) from error
    except ConnectionClosed as error:
        raise ConnectionLostError(f"{url}: the connection was closed: {_reason(error)}") from error
    except TimeoutError as error:
        raise TimedOutError(f"{url}: the server did not answer in time") from error
    except (InvalidHandshake, EOFError, ConnectionResetError) as error:
        raise ConnectionLostError(f"{url}: the connection was lost: {_reason(error)}") from error
    except OSError as error:
        raise NoServerError(f"{url}: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Return the words of the system where there are some; libraries wrap them."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, BaseExceptionGroup):
            # One for each address that a name stands for.
            inner = inner.exceptions[0]
        if isinstance(inner, socket.gaierror | ssl.SSLError):
            return inner.strerror or str(inner)
        if isinstance(inner, OSError) and inner.errno:
            return os.strerror(inner.errno)
        inner = inner.__cause__ or inner.__context__
    return " ".join(str(error).split()) or type(error).__name__
