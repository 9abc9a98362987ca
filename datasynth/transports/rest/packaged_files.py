"""Files that come with the package and that browsers get: read once, told apart by a digest."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, request

from datasynth.errors import PreconditionFailed
from datasynth.transports.operations import SuccessSpec
from datasynth.transports.rest.conditions import is_unchanged

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "ts": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
"""Media type by the end of a file's name."""

HAS_IT = SuccessSpec("The client already has it.", status=HTTPStatus.NOT_MODIFIED)
"""An answer of each operation that sends such a file."""

FAILURES = (PreconditionFailed,)
"""Errors of each operation that sends such a file."""


@dataclass(frozen=True, slots=True)
class PackagedFile:
    """A file with what is said of it.

    Attributes
    ----------
    content
        The bytes.
    content_type
        Media type, with its character set.
    tag
        Digest, which tells versions apart.
    """

    content: bytes
    content_type: str
    tag: str

    @property
    def media_type(self) -> str:
        """The media type alone."""
        return self.content_type.partition(";")[0]


def read_packaged_files(folder: Traversable) -> dict[str, PackagedFile]:
    """Read the files of a folder, in the order of their names."""
    found: dict[str, PackagedFile] = {}
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        ending = file.name.rpartition(".")[2]
        if ending in CONTENT_TYPES:
            content = file.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:32]
            found[file.name] = PackagedFile(content, CONTENT_TYPES[ending], tag)
    return found


def answer_file(file: PackagedFile, policy: str = "") -> Response:
    """Answer with a file, or say that the client has it; browsers ask each time, since versions change.

    Parameters
    ----------
    policy
        The Content-Security-Policy, for a page.

    Raises
    ------
    PreconditionFailed
        The client wants another version.
    """
    answer = Response(file.content, content_type=file.content_type)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["ETag"] = f'"{file.tag}"'
    if policy:
        answer.headers["Content-Security-Policy"] = policy
    if is_unchanged(request, file.tag):
        answer.status_code = HTTPStatus.NOT_MODIFIED
        answer.response = []
    return answer
