"""The JavaScript client in Node, against a real server and through a proxy that cuts its connections."""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
import requests

from tests.clients.tools import PATIENCE, tool
from tests.e2e.cutting_proxy import cutting
from tests.server import LOOPBACK, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server import Server

CLIENT = ROOT / "datasynth" / "transports" / "rest" / "pages" / "files" / "datasynth.js"
TRIAL = Path(__file__).parent / "javascript" / "trial.mjs"
WS = ROOT / "tests" / "contract" / "node" / "node_modules" / "ws"
COUNT = 2_000


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[Any]]:
    """Call a method of the client; what it gave, and `failed` if it failed."""
    node = tool("node", "the package nodejs")
    if not WS.is_dir():
        pytest.skip("the npm package ws is not installed (npm ci --prefix tests/contract/node)")
    module = tmp_path_factory.mktemp("client") / "datasynth.mjs"
    shutil.copy(CLIENT, module)

    def call(url: str, name: str, *arguments: object, leave: int = 0, **options: object) -> list[Any]:
        asked = {
            "client": str(module),
            "ws": str(WS),
            "url": url,
            "options": options,
            "call": name,
            "arguments": arguments,
            "leave": leave,
        }
        done = subprocess.run(
            [node, TRIAL],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert (0, "") == (done.returncode, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    return call


@contextmanager
def refusing(times: int) -> Iterator[tuple[str, list[float]]]:
    """Run a server that refuses so many calls for a second each; its address, and when it was asked."""
    asked: list[float] = []

    class Refusing(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(monotonic())
            body = b'{"stream_id": "a"}' if len(asked) > times else b'{"error": "rate_limit_exceeded"}'
            self.send_response(200 if len(asked) > times else 429)
            self.send_header("Retry-After", "1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer((LOOPBACK, 0), Refusing) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://{LOOPBACK}:{server.server_port}", asked
        finally:
            server.shutdown()
            thread.join()


def downloaded(server: Server, **query: str | int) -> list[dict[str, Any]]:
    """Records as another client reads them."""
    answer = requests.get(f"{server.base_url}/api/entries", params=query, timeout=PATIENCE)
    return [json.loads(line) for line in answer.text.splitlines()]


def started(server: Server, **body: object) -> str:
    """Start a stream; its id."""
    answer = requests.post(f"{server.base_url}/api/stream/start", json=body, timeout=PATIENCE)
    found: str = answer.json()["stream_id"]
    return found


@pytest.mark.parametrize("view", ["line", "document"])
@pytest.mark.parametrize("fields", [None, "account,debit,credit"])
def test_entries_over_cut_connections(
    server: Server, run: Callable[..., list[Any]], view: str, fields: str | None
) -> None:
    """Every record comes once and in order, with the fields that were asked for."""
    wanted: dict[str, str | int] = {"view": view, **({} if fields is None else {"fields": fields})}
    expected = downloaded(server, **{"from": 5, "count": COUNT, **wanted})

    with cutting(server.port, 20_000, 77_777, 150_000, None) as proxy:
        found = run(proxy.url, "entries", {"first": 5, "count": COUNT, **wanted})

    assert proxy.cuts == 3
    assert expected == found


def test_events_over_cut_connections(server: Server, run: Callable[..., list[Any]]) -> None:
    """Every line of a stream comes once and in order, then that it is complete."""
    stream = started(server, count=COUNT, wait_for_subscriber=0)
    expected = [(row["sequence"], row["line"]) for row in downloaded(server, stream_id=stream)]

    with cutting(server.port, 30_000, 100_000, 250_000, None) as proxy:
        found = run(proxy.url, "follow", {"streamId": stream})

    entries = [event for event in found if event["type"] == "entry"]
    assert proxy.cuts == 3
    assert expected == [(event["sequence"], event["line"]) for event in entries]
    assert ("complete", COUNT) == (found[-1]["type"], found[-1]["total_entries"])
    assert 1 == sum(event["type"] == "started" for event in found)


def test_a_stream_is_steered(server: Server, run: Callable[..., list[Any]]) -> None:
    """Start, look, pause, resume, trigger and stop act on the same stream."""
    url = server.base_url
    [stream] = run(
        url, "start", {"count": 10_000, "entriesPerSecond": 100, "config": {"global": {"seed": 3}}}
    )

    assert [stream] == [one["stream_id"] for one in run(url, "pause")]
    assert "paused" == run(url, "stream", stream)[0]["state"]
    assert [stream] == [one["stream_id"] for one in run(url, "resume")]
    assert ["month_end"] == [one["pattern"] for one in run(url, "trigger", "month_end")]
    assert [stream] == [one["stream_id"] for one in run(url, "stop")]
    assert "stopped" == run(url, "stream")[0]["state"]
    assert stream in [one["stream_id"] for one in run(url, "streams")[0]]


def test_a_refusal_is_told_in_full(server: Server, run: Callable[..., list[Any]]) -> None:
    """Code, status, sentence, details and id are those of the server's answer."""
    [found] = run(server.base_url, "start", {"count": -1})

    failed = found["failed"]
    assert ("ClientError", "invalid_request", 400) == (failed["name"], failed["code"], failed["status"])
    assert "count" in failed["details"]
    assert failed["requestId"]


def test_an_unknown_stream_cannot_be_followed(server: Server, run: Callable[..., list[Any]]) -> None:
    """The cause of a refused upgrade, which a browser hides, is found out."""
    [found] = run(server.base_url, "follow", {"streamId": "nothing"})

    assert ("not_found", 404) == (found["failed"]["code"], found["failed"]["status"])


def test_no_server(run: Callable[..., list[Any]], server: Server) -> None:
    """Where nobody listens, the client gives up after its tries."""
    with cutting(server.port, 0) as proxy:
        url = proxy.url
    for call in ("version", "entries", "follow"):
        [found] = run(url, call, *([] if call == "version" else [{}]), retries=1)

        assert "connection_lost" == found["failed"]["code"], call


def test_a_key_and_tickets(start_server: Callable[..., Server], run: Callable[..., list[Any]]) -> None:
    """With the key every call works, WebSockets by tickets; without it the refusal is told."""
    server = start_server(api_key="a-key-of-the-test")
    [stream] = run(server.base_url, "start", {"count": 50}, apiKey="a-key-of-the-test")
    found = run(
        server.base_url, "follow", {"streamId": stream, "view": "document"}, apiKey="a-key-of-the-test"
    )
    [figures] = run(server.base_url, "metrics", {}, leave=1, apiKey="a-key-of-the-test")

    assert [*range(50)] == [event["sequence"] for event in found if event["type"] == "entry"]
    assert "metrics" == figures["type"]
    for call in ("config", "follow", "metrics"):
        [refused] = run(server.base_url, call, *([] if call == "config" else [{}]))
        assert 401 == refused["failed"]["status"], call


def test_the_rate_limit_is_told(start_server: Callable[..., Server], run: Callable[..., list[Any]]) -> None:
    """Without tries, a call beyond the limit fails with the wait that the server names."""
    server = start_server(rate_limit="1")
    run(server.base_url, "config")
    [refused] = run(server.base_url, "config", retries=0)

    assert ("rate_limit_exceeded", 429) == (refused["failed"]["code"], refused["failed"]["status"])
    assert 0 < refused["failed"]["retryAfter"] <= 60


def test_a_full_window_is_waited_for(run: Callable[..., list[Any]]) -> None:
    """A refused call, a POST too, is made again when the server says."""
    with refusing(2) as (url, asked):
        assert [{"stream_id": "a"}] == run(url, "pause")

    first, second, third = asked
    assert min(second - first, third - second) >= 1.0


def test_the_program_of_the_how_to(server: Server, tmp_path: Path) -> None:
    """The program prints what the page says."""
    node = tool("node", "the package nodejs")
    page = (ROOT / "docs" / "how-to" / "javascript-client.md").read_text("utf-8")
    program = page.partition("```js\n")[2].partition("```")[0]
    printed = page.partition("$ node trial.mjs\n")[2].partition("```")[0]
    for name in ("datasynth.js", "datasynth.d.ts"):
        text = requests.get(f"{server.base_url}/page/{name}", timeout=PATIENCE).text
        (tmp_path / name.replace(".js", ".mjs").replace(".ts", ".mts")).write_text(text)
    (tmp_path / "trial.mjs").write_text(program.replace("http://localhost:3000", server.base_url))

    done = subprocess.run(
        [node, tmp_path / "trial.mjs"], capture_output=True, text=True, timeout=PATIENCE, check=False
    )

    assert (0, "") == (done.returncode, done.stderr)
    assert printed.splitlines() == [line for line in done.stdout.splitlines() if "progress" not in line]


def test_the_types_are_those_of_the_client(tmp_path: Path) -> None:
    """Every public name of the client is declared, and nothing else."""
    node = tool("node", "the package nodejs")
    module = tmp_path / "datasynth.mjs"
    shutil.copy(CLIENT, module)
    program = (
        f"import * as all from {json.dumps(str(module))};"
        "const one = new all.Client('http://localhost');"
        "const names = [...Object.getOwnPropertyNames(all.Client.prototype), ...Object.keys(one)];"
        "console.log(JSON.stringify([Object.keys(all), names.filter((name) => name !== 'constructor')]));"
    )
    done = subprocess.run(
        [node, "--input-type=module", "-e", program], capture_output=True, text=True, check=True
    )
    exported, methods = json.loads(done.stdout)
    declared = CLIENT.with_suffix(".d.ts").read_text()
    body = declared.partition("export class Client {")[2]

    assert {"Client", "ClientError"} == set(exported)
    assert set(methods) == {
        line.strip().partition("(")[0]
        for line in body.splitlines()
        if "(" in line and "constructor" not in line
    }
