"""A gRPC client made from the page's proto alone; run as a process of its own.

The server's generated code describes the same package, and one process holds
one description of it; hence the process.  Arguments: folder of the generated
modules, address, service name, number of entries.  Prints one JSON object.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import grpc

TIMEOUT = 30


def run(folder: str, target: str, service: str, count: int) -> dict[str, Any]:
    """Make every call of the page's service once.

    Parameters
    ----------
    folder
        Where `synth_pb2` and `synth_pb2_grpc` lie.
    target
        Host and port.
    service
        `SynthService` or `Synth`.
    count
        Entries to ask for.
    """
    sys.path.insert(0, folder)
    messages: Any = importlib.import_module("synth_pb2")
    services: Any = importlib.import_module("synth_pb2_grpc")
    with grpc.insecure_channel(target) as channel:
        client = getattr(services, f"{service}Stub")(channel)
        config = client.GetConfig(messages.Empty(), timeout=TIMEOUT)
        accepted = client.SetConfig(
            messages.Config(yaml="transactions: {target_count: 4321}"), timeout=TIMEOUT
        )
        request = messages.GenerationRequest(count=count)
        entries = list(client.StartGeneration(request, timeout=TIMEOUT))
        stopped = client.StopGeneration(messages.Empty(), timeout=TIMEOUT)
    return {
        "yaml": config.yaml,
        "accepted": accepted.success,
        "stopped": stopped.success,
        "entries": [
            {
                "document_id": entry.document_id,
                "posting_date": entry.posting_date,
                "company_code": entry.company_code,
                "lines": [[line.account, line.debit, line.credit] for line in entry.lines],
            }
            for entry in entries
        ],
    }


if __name__ == "__main__":
    answer = run(sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4]))
    sys.stdout.write(json.dumps(answer))
