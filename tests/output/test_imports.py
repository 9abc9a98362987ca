"""What a program loads that writes outputs."""

from __future__ import annotations

import subprocess
import sys

from tests.server import ROOT


def test_outputs_need_no_server() -> None:
    """Importing the package loads no module of the service or the transports, and none of their libraries."""
    program = "import sys, datasynth.output, datasynth.output.data_set; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    servers = ("datasynth.service", "datasynth.transports", "flask", "gevent", "grpc", "gunicorn", "psutil")

    assert "datasynth.output.pipeline" in done.stdout.split()
    assert [] == [name for name in done.stdout.split() if name.startswith(servers)]
