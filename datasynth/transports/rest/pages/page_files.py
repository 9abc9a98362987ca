"""The files of the page, and the call that hands them out."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING

from datasynth.errors import NotFound
from datasynth.transports.operations import Operation, OperationBlueprint, SuccessSpec
from datasynth.transports.rest.packaged_files import FAILURES, HAS_IT, answer_file, read_packaged_files
from datasynth.transports.rest.schemas import TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response

    from datasynth.transports.rest.packaged_files import PackagedFile

FOLDER = "/page/"
"""Where the files are, but for the page itself, which is `/`."""

INDEX = "index.html"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Content-Security-Policy of the page: its own files and its own server, and no code within the page."""


def read_page_files() -> dict[str, PackagedFile]:
    """Read the files by name, the page itself among them."""
    return read_packaged_files(resources.files("datasynth.transports.rest.pages") / "files")


def blueprint(files: Mapping[str, PackagedFile]) -> OperationBlueprint:
    """Build the call for the files."""
    calls = OperationBlueprint("pages")

    @calls.call(_operation(files))
    def file(name: str) -> Response:
        if name not in files or name == INDEX:
            raise NotFound("The page has no file with this name.")
        return answer_file(files[name])

    return calls


def _operation(files: Mapping[str, PackagedFile]) -> Operation:
    names = [name for name in files if name != INDEX]
    return Operation(
        name="page_file",
        method="GET",
        path=f"{FOLDER}<name>",
        subject="What this is",
        summary="Send a file of the page, or the JavaScript client",
        parameters={"name": {"type": "string", "enum": names, "description": "Its name."}},
        successes=(SuccessSpec("The file.", {files[name].media_type: TEXT for name in names}), HAS_IT),
        failures=(NotFound, *FAILURES),
    )
