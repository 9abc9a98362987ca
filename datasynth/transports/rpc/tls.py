"""Certificate and key for gRPC, tried before they are needed."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING

import grpc

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """Where certificate chain and private key are, in PEM.

    Attributes
    ----------
    certificate, key
        The files.
    """

    certificate: Path
    key: Path


def credentials(files: TlsFiles) -> grpc.ServerCredentials:
    """Read certificate and key.

    gRPC would take any bytes, and fail at every handshake; so a TLS context
    tries them first.

    Raises
    ------
    OSError
        A file cannot be read, or the two do not belong together.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(files.certificate, files.key)
        return grpc.ssl_server_credentials([(files.key.read_bytes(), files.certificate.read_bytes())])
    except OSError as error:
        reason = error.strerror or error
        sentence = f"gRPC cannot use certificate {files.certificate} with key {files.key}: {reason}"
        raise OSError(error.errno, sentence) from error
