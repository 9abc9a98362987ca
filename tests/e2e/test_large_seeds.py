"""A seed beyond what JavaScript keeps, through Node and back, over every way in."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import grpc
import pytest
import requests
import yaml

from datasynth.transports.rpc import synth_pb2, synth_pb2_grpc

if TYPE_CHECKING:
    from tests.server import Server

SEED = 2**53 + 1
TIMEOUT = 30

PROGRAM = """
const url = process.argv[1] + "/api/config";
const config = JSON.parse(await (await fetch(url)).text());
config.transactions.target_count = 100;
const answer = await fetch(url, {
  method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(config),
});
console.log(answer.status, config.global.seed);
"""


def entries(server: Server) -> bytes:
    """Read the first entries of the present configuration."""
    return requests.get(f"{server.base_url}/api/entries?count=20", timeout=TIMEOUT).content


def post(server: Server, seed: object) -> requests.Response:
    """Set a seed, and a small count."""
    body = {"global": {"seed": seed}, "transactions": {"target_count": 100}}
    return requests.post(f"{server.base_url}/api/config", json=body, timeout=TIMEOUT)


@pytest.mark.skipif(shutil.which("node") is None, reason="the program node is not installed")
def test_node_passes_on_what_it_read(server: Server) -> None:
    """GET, `JSON.parse`, `JSON.stringify` and POST in Node change nothing."""
    post(server, SEED)
    before = entries(server)
    command = ["node", "--input-type=module", "--eval", PROGRAM, server.base_url]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=TIMEOUT)

    assert f"200 {SEED}\n" == done.stdout
    assert before == entries(server)
    assert (
        str(SEED) == requests.get(f"{server.base_url}/api/config", timeout=TIMEOUT).json()["global"]["seed"]
    )


def test_text_and_number_are_one_journal(server: Server) -> None:
    """As text or as a number, it is the same journal, and neither is that of the number beside it."""
    journals = []
    for seed in (SEED, str(SEED), SEED - 1):
        assert post(server, seed).status_code == 200
        journals.append(entries(server))

    assert journals[0] == journals[1]
    assert journals[0] != journals[2]


def test_grpc_has_the_number(server: Server) -> None:
    """The YAML of gRPC says it as a number, and takes either."""
    with grpc.insecure_channel(server.grpc_target) as channel:
        stub = synth_pb2_grpc.SynthServiceStub(channel)
        for written in (f"{SEED}", f'"{SEED}"'):
            stub.SetConfig(synth_pb2.Config(yaml=f"global: {{seed: {written}}}"), timeout=TIMEOUT)
            told = yaml.safe_load(stub.GetConfig(synth_pb2.Empty(), timeout=TIMEOUT).yaml)

            assert SEED == told["global"]["seed"]
