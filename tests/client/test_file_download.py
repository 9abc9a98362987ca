"""A download into a file, wherever the connection breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from datasynth.client.file_download import FileDownload
from datasynth.client.filters import wanted

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = bytes(range(256)) * 4
TAGGED = {"Accept-Ranges": "bytes", "ETag": '"a"'}
ASKED = wanted(0, None, None, {}, format="csv")


def download(download: FileDownload, cuts: list[int], headers: dict[str, str]) -> None:
    """Let a server answer, with a part where it gives parts; connection `i` breaks after `cuts[i]` bytes."""
    for cut in [*cuts, None]:
        wanted_part = download.headers()
        start = 0
        if wanted_part:
            assert '"a"' == wanted_part["If-Range"]
            start = int(wanted_part["Range"].removeprefix("bytes=").removesuffix("-"))
        download.begin(206 if wanted_part else 200, headers)
        download.write(CONTENT[start:][:cut])


@pytest.mark.parametrize("headers", [TAGGED, {}, {"ETag": '"a"'}], ids=["parts", "no parts", "tag alone"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(0, 300), max_size=3))
def test_the_file_is_whole(headers: dict[str, str], tmp_path: Path, cuts: list[int]) -> None:
    """It has every byte once, whether the server gives parts or begins anew."""
    path = tmp_path / "entries.csv"
    with FileDownload(path, ASKED) as file:
        download(file, cuts, headers)

    assert CONTENT == path.read_bytes()
    assert [path] == list(tmp_path.iterdir())


def test_a_part_of_other_bytes_begins_anew(tmp_path: Path) -> None:
    """A server whose bytes have changed answers with the whole, which replaces what was there."""
    path = tmp_path / "entries.csv"
    with FileDownload(path, ASKED) as file:
        file.begin(200, TAGGED)
        file.write(b"old and longer")
        assert {"Range": "bytes=14-", "If-Range": '"a"'} == file.headers()
        file.begin(200, {})
        file.write(b"new")

    assert b"new" == path.read_bytes()


def test_there_is_no_file_until_it_is_whole(tmp_path: Path) -> None:
    """An error leaves the folder as it was, an older file included."""
    path = tmp_path / "entries.csv"
    path.write_bytes(b"older")

    def fail() -> None:
        with FileDownload(path, ASKED) as file:
            file.begin(200, {})
            file.write(b"half")
            assert b"older" == path.read_bytes()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert (b"older", [path]) == (path.read_bytes(), list(tmp_path.iterdir()))


def test_only_more_bytes_than_ever_are_progress(tmp_path: Path) -> None:
    """A server that breaks off at the same byte again and again does not go on for ever."""
    advanced = []
    with FileDownload(tmp_path / "x", ASKED) as file:
        for size in (5, 5, 6):
            file.begin(200, {})
            file.write(bytes(size))
            advanced.append(file.advanced)

    assert [True, False, True] == advanced


def test_no_such_folder(tmp_path: Path) -> None:
    """It is told before anything is asked for."""
    with pytest.raises(FileNotFoundError), FileDownload(tmp_path / "no" / "x", ASKED):
        pass
