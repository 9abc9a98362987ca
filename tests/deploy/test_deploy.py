"""The files in `deploy/` agree with the server and with the tools that read them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import yaml

from tests.server import ROOT

if TYPE_CHECKING:
    from tests.server import Server

DEPLOY = ROOT / "deploy"
DASHBOARD = DEPLOY / "grafana" / "dashboard.json"
METRIC = re.compile(r"\bdatasynth_[a-z_]+")
LEAST_EXPOSED = 2.0
"""What `systemd-analyze security` may find at most; below 2 it calls a service OK."""


def _read(name: str) -> Any:
    return yaml.safe_load((DEPLOY / name).read_text("utf-8"))


@pytest.mark.apart
def test_every_metric_of_the_dashboard_exists(server: Server) -> None:
    """No panel asks for a metric that the server does not have."""
    panels = json.loads(DASHBOARD.read_text("utf-8"))["panels"]
    asked = {
        name for panel in panels for target in panel["targets"] for name in METRIC.findall(target["expr"])
    }

    assert len(asked) > 10
    told = requests.get(f"{server.base_url}/metrics", timeout=20).text
    assert asked <= set(re.findall(r"^# TYPE (\w+) ", told, re.MULTILINE))


def test_panels_do_not_overlap() -> None:
    """Each panel has a place of its own, 24 columns wide at most."""
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text("utf-8"))["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


def test_prometheus_asks_the_server() -> None:
    """Its target is a service of the compose file, by the port that the server has."""
    services = _read("compose.yaml")["services"]
    [job] = _read("prometheus.yaml")["scrape_configs"]
    [target] = job["static_configs"][0]["targets"]
    name, _, port = target.partition(":")

    assert name in services
    assert f"EXPOSE {port}" in (DEPLOY / "Dockerfile").read_text("utf-8")


def test_mounted_files_are_there() -> None:
    """What the compose file hands to a container lies beside it."""
    services = _read("compose.yaml")["services"]
    mounted = [volume.split(":")[0] for one in services.values() for volume in one.get("volumes", [])]

    assert mounted
    assert not [name for name in mounted if not (DEPLOY / name).is_file()]


def test_what_the_image_copies_is_not_ignored() -> None:
    """Each file that the Dockerfile copies from the project is there, and let through by `.dockerignore`."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", (DEPLOY / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    copied = [name for line in lines for name in line.split()[:-1]]
    let_through = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)

    assert set(copied) == set(let_through)
    assert not [name for name in copied if not (ROOT / name).exists()]


def test_hadolint_finds_nothing() -> None:
    """The Dockerfile follows the usual rules."""
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, DEPLOY / "Dockerfile"], capture_output=True, text=True, check=False)

    assert (0, "") == (done.returncode, done.stdout)


def test_the_unit_is_hardened() -> None:
    """The unit is understood, and little is found that it leaves open."""
    systemd = shutil.which("systemd-analyze")
    if systemd is None:
        pytest.skip("systemd-analyze is not installed (the package systemd)")
    unit = str(DEPLOY / "datasynth.service")
    command = [systemd, "security", "--offline=true", "--no-pager", unit]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = re.search(r"Overall exposure level for datasynth.service: ([0-9.]+)", done.stdout)

    assert found, done.stderr
    assert float(found[1]) < LEAST_EXPOSED


def test_the_unit_allows_what_the_server_needs() -> None:
    """Kernels are compiled into memory that is executed, and gauges read `/proc/meminfo`."""
    unit = (DEPLOY / "datasynth.service").read_text("utf-8")

    assert "MemoryDenyWriteExecute" not in unit
    assert "ProcSubset" not in unit
