"""Certificate and key, tried before the first client does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.transports.rpc.tls import TlsFiles, credentials

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The sentence has both paths and the reason in one line."""
    files = TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem")

    with pytest.raises(OSError, match=r"cert\.pem with key .*key\.pem: No such file") as refused:
        credentials(files)

    assert "\n" not in str(refused.value)


def test_a_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    """What gRPC would fail on at every handshake fails at the start."""
    files = TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem")
    files.certificate.write_text("certainly")
    files.key.write_text("not")

    with pytest.raises(OSError, match=r"gRPC cannot use certificate"):
        credentials(files)


def test_a_pair_that_belongs_together_is_accepted(tls_files: TlsFiles) -> None:
    """A good pair makes credentials."""
    assert credentials(tls_files) is not None


def test_a_key_of_another_certificate_is_refused(tls_files: TlsFiles, other_tls_files: TlsFiles) -> None:
    """The two files must fit."""
    with pytest.raises(OSError, match="gRPC cannot use certificate"):
        credentials(TlsFiles(tls_files.certificate, other_tls_files.key))
