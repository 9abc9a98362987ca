"""Reads a configuration file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from datasynth.config.document import MediaType, parse_document
from datasynth.config.merge import ConfigDocument
from datasynth.errors import InvalidRequest

if TYPE_CHECKING:
    from os import PathLike

MAX_BYTES = 1024 * 1024


def load_config_file(path: str | PathLike[str]) -> ConfigDocument:
    """Read a YAML or JSON file over the defaults.

    Parameters
    ----------
    path
        The suffix ``.json``, ``.yaml`` or ``.yml`` decides the media type; in any
        other file the first character does, and ``{`` means JSON.

    Raises
    ------
    InvalidConfiguration
        If a value is wrong.
    InvalidRequest
        If the file cannot be read or is no such document.  Either message is
        one line and begins with the path.
    """
    file = Path(path)
    try:
        text = _read(file)
        return ConfigDocument.defaults().merge(parse_document(text, _media_type(file, text)))
    except InvalidRequest as error:
        raise type(error)(f"{file}: {error.message}", error.details) from error


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            text = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidRequest(f"The file cannot be read: {reason}.") from error
    if len(text) > MAX_BYTES:
        raise InvalidRequest(f"The file is larger than {MAX_BYTES:,} bytes.")
    return text


def _media_type(file: Path, text: bytes) -> MediaType:
    suffix = file.suffix.lower()
    if suffix == ".json":
        return "json"
    if suffix in {".yaml", ".yml"}:
        return "yaml"
    return "json" if text.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "yaml"
