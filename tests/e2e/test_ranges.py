"""Lengths, heads and parts of downloads over real sockets, as curl and requests want them."""

from __future__ import annotations

import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import requests

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server import Server

TIMEOUT = 60
SMALL = "/api/entries?count=1000"
LARGE = "/api/entries"
CALLERS = 16

GETS = (
    "/api/config",
    "/api/streams",
    "/api/stream",
    SMALL,
    "/api/entries?count=50&format=csv",
    "/api/entries?count=50&view=document",
    LARGE,
    "/api/accounts",
    "/api/accounts?format=csv",
    "/api/parties?format=csv",
    "/api/users",
    "/api/balances?format=csv",
    "/api/open-items",
    "/health",
    "/live",
    "/ready",
    "/metrics",
    "/nowhere",
)

needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def curl(*arguments: str) -> bytes:
    """Run curl, and return what it prints."""
    return subprocess.run(
        ["curl", "-sS", *arguments], check=True, capture_output=True, timeout=TIMEOUT
    ).stdout


def get(server: Server, path: str, **headers: str) -> requests.Response:
    """Ask once, on a connection of its own."""
    return requests.get(f"{server.base_url}{path}", headers=headers, timeout=TIMEOUT)


@pytest.mark.parametrize("path", GETS)
def test_head_is_get_without_a_body(server: Server, path: str) -> None:
    """Status and headers are the same, no byte follows, and the connection goes on."""
    with (
        requests.Session() as session,
        session.get(f"{server.base_url}{path}", stream=True, timeout=TIMEOUT) as got,
    ):
        expected = got.status_code, got.headers
    with requests.Session() as session:
        answers = [session.head(f"{server.base_url}{path}", timeout=TIMEOUT) for _ in range(2)]
    passing = {"Date", "X-Request-Id", "Transfer-Encoding"}
    if path in {"/health", "/metrics"}:
        passing |= {"Content-Length"}  # What is told changes from one call to the next.

    for answer in answers:
        assert (expected[0], b"") == (answer.status_code, answer.content)
        assert {name: value for name, value in expected[1].items() if name not in passing} == {
            name: value for name, value in answer.headers.items() if name not in passing
        }


@needs_curl
def test_curl_shows_the_length(server: Server) -> None:
    """`curl -I` prints what a client of data frames looks for."""
    head = curl("-I", f"{server.base_url}{SMALL}").decode().replace("\r", "")
    size = len(get(server, SMALL).content)

    assert head.startswith("HTTP/1.1 200 OK\n")
    assert f"\nContent-Length: {size}\n" in head
    assert "\nAccept-Ranges: bytes\n" in head
    assert '\nContent-Disposition: attachment; filename="entries-from-0-count-1000.ndjson"\n' in head


@needs_curl
@pytest.mark.parametrize("range_", ["0-0", "100-199", "4000000-", "-77"])
def test_curl_takes_a_part(server: Server, range_: str) -> None:
    """`curl -r` gets the slice."""
    whole = get(server, SMALL).content
    first, _, last = range_.partition("-")
    expected = whole[int(first) : int(last) + 1 if last else None] if first else whole[-int(last) :]

    assert expected == curl("-r", range_, f"{server.base_url}{SMALL}")


@needs_curl
def test_curl_resumes(server: Server, tmp_path: Path) -> None:
    """`curl -C -` completes a file that broke off, and one that is complete stays as it is."""
    whole = get(server, SMALL).content
    file = tmp_path / "entries.ndjson"
    file.write_bytes(whole[:1_234_567])
    curl("-C", "-", "-o", str(file), f"{server.base_url}{SMALL}")

    assert whole == file.read_bytes()


def test_a_large_download_is_streamed_as_before(server: Server) -> None:
    """Without length in chunks, its range ignored, the bytes those of its parts."""
    with requests.get(
        f"{server.base_url}{LARGE}", headers={"Range": "bytes=0-9"}, stream=True, timeout=TIMEOUT
    ) as answer:
        begun = next(answer.iter_content(4_000_000))
    small = get(server, SMALL).content

    assert (200, "chunked") == (answer.status_code, answer.headers["Transfer-Encoding"])
    assert not {"Content-Length", "Accept-Ranges"} & set(answer.headers)
    assert begun[: len(small)] == small[: len(begun)]


def test_many_callers_at_once_in_bounded_memory(server: Server) -> None:
    """Ranges of many downloads, each measured anew, are right; what is measured is not held."""
    paths = [f"/api/entries?from={first * 1_000}&count=12000" for first in range(CALLERS)]
    with ThreadPoolExecutor(CALLERS) as pool:
        tails = list(pool.map(lambda path: get(server, path, Range="bytes=-1000"), paths))
    resident = float(
        next(
            line.rpartition(" ")[2]
            for line in get(server, "/metrics").text.splitlines()
            if line.startswith("datasynth_memory_bytes ")
        )
    )

    assert [206] * CALLERS == [tail.status_code for tail in tails]
    for first, tail in enumerate(tails):
        last = get(server, f"/api/entries?from={first * 1_000 + 11_990}&count=10").content
        assert last[-1_000:] == tail.content
    # Held whole, they would take 800 MB beside the cache of 256 MB and the server itself.
    assert resident < 1_200_000_000


def test_a_reader_that_breaks_off_leaves_nothing(server: Server) -> None:
    """A client that hangs up in the middle of an announced length frees its download."""
    for _ in range(10):
        with requests.get(
            f"{server.base_url}/api/entries?count=14000", stream=True, timeout=TIMEOUT
        ) as answer:
            next(answer.iter_content(1_000))
    for _ in range(50):
        if "datasynth_downloads 0" in get(server, "/metrics").text:
            break
        time.sleep(0.1)

    assert "datasynth_downloads 0" in get(server, "/metrics").text
