"""Where a server is: one address for HTTP and WebSocket, another for gRPC."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

GRPC_PORT = 50051
"""Of a server that was not told otherwise."""

_SECURE = {"http": False, "https": True, "grpc": False, "grpcs": True}


class ServerAddress(NamedTuple):
    """A server's addresses.

    Attributes
    ----------
    url
        Of HTTP, without a slash at the end.
    target
        Host and port of gRPC.
    secure
        Whether gRPC is encrypted.
    ca_file
        Certificates that are trusted in place of the system's.
    """

    url: str
    target: str
    secure: bool
    ca_file: Path | None

    def websocket(self, path: str, query: dict[str, str]) -> str:
        """Return the address of a WebSocket."""
        return f"ws{self.url.removeprefix('http')}{path}?{urlencode(query)}"

    def tls(self) -> ssl.SSLContext | None:
        """Return how certificates are judged; None where nothing is encrypted."""
        if not self.url.startswith("https:"):
            return None
        return ssl.create_default_context(cafile=self.ca_file)

    def certificates(self) -> bytes | None:
        """Return the certificates that gRPC trusts; None for those that it has."""
        return self.ca_file.read_bytes() if self.ca_file else None


def server_address(url: str, grpc_url: str | None, ca_file: str | Path | None) -> ServerAddress:
    """Return the addresses that a program means.

    Parameters
    ----------
    url
        Such as ``http://localhost:3000`` or ``https://host/path``.
    grpc_url
        Such as ``localhost:50051`` or ``grpcs://host:443``; None for port 50051 of the same host.
    ca_file
        Certificates to trust.

    Raises
    ------
    ValueError
        One of them is no address.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url}: this is not a server address such as http://localhost:3000")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    target, secure = f"{host}:{GRPC_PORT}", parts.scheme == "https"
    if grpc_url is not None:
        scheme, mark, rest = grpc_url.partition("://") if "://" in grpc_url else ("", "", grpc_url)
        target = rest.rstrip("/")
        if not target or (mark and scheme not in _SECURE):
            raise ValueError(f"{grpc_url}: this is not a gRPC address such as localhost:50051")
        secure = _SECURE.get(scheme, secure)
    address = parts._replace(path=parts.path.rstrip("/")).geturl()
    return ServerAddress(address, target, secure, Path(ca_file) if ca_file else None)
