"""The files of the page, and how they are answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from http import HTTPStatus
from importlib import resources
from typing import TYPE_CHECKING

from flask import Response, request

from datasynth.errors import NotFound, PreconditionFailed
from datasynth.transports.operations import Operation, OperationBlueprint, SuccessSpec
from datasynth.transports.rest.conditions import is_unchanged
from datasynth.transports.rest.schemas import TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

FOLDER = "/page/"
"""Where the files are, but for the page itself, which is `/`."""

INDEX = "index.html"

CONTENT_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "ts": "text/plain; charset=utf-8",
    "svg": "image/svg+xml",
    "txt": "text/plain; charset=utf-8",
}
"""Media type by the end of a file's name."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: its own files and its own server, and no code within the page."""


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file with what is said of it.

    Attributes
    ----------
    content
        The bytes.
    content_type
        Media type.
    tag
        Digest, which tells versions apart.
    """

    content: bytes
    content_type: str
    tag: str


def read_page_files() -> dict[str, PageFile]:
    """Read the files of the package, by name."""
    found: dict[str, PageFile] = {}
    for file in resources.files("datasynth.transports.rest.pages").joinpath("files").iterdir():
        ending = file.name.rpartition(".")[2]
        if ending in CONTENT_TYPES:
            content = file.read_bytes()
            tag = hashlib.sha256(content).hexdigest()[:32]
            found[file.name] = PageFile(content, CONTENT_TYPES[ending], tag)
    return dict(sorted(found.items()))


def blueprint(files: Mapping[str, PageFile]) -> OperationBlueprint:
    """Build the call for the files."""
    calls = OperationBlueprint("pages")

    @calls.call(_operation(files))
    def file(name: str) -> Response:
        if name not in files or name == INDEX:
            raise NotFound("The page has no file of this name.")
        return answer_file(files[name])

    return calls


def _operation(files: Mapping[str, PageFile]) -> Operation:
    names = [name for name in files if name != INDEX]
    types = {files[name].content_type.partition(";")[0]: TEXT for name in names}
    return Operation(
        name="page_file",
        method="GET",
        path=f"{FOLDER}<name>",
        subject="What this is",
        summary="Send a file of the page, the JavaScript client among them",
        parameters={"name": {"type": "string", "enum": names, "description": "Its name."}},
        successes=(
            SuccessSpec("The file.", types),
            SuccessSpec("The client has it already.", status=HTTPStatus.NOT_MODIFIED),
        ),
        failures=(NotFound, PreconditionFailed),
    )


def answer_file(file: PageFile) -> Response:
    """Answer with a file, or say that the client has it; browsers ask each time, since versions change."""
    answer = Response(file.content, content_type=file.content_type)
    answer.headers["Cache-Control"] = "no-cache"
    answer.headers["ETag"] = f'"{file.tag}"'
    answer.headers["Content-Security-Policy"] = POLICY
    if is_unchanged(request, file.tag):
        answer.status_code = HTTPStatus.NOT_MODIFIED
        answer.response = []
    return answer
