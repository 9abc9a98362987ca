"""The steps of the Dockerfile, run as a script in clean folders: they need no engine of containers."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

import pytest

from datasynth.kernel import COMPILING
from tests.server import ROOT, Server

if TYPE_CHECKING:
    from pathlib import Path

# Packages are installed and kernels compiled.
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(os.uname().machine != "x86_64", reason="the stage is that of amd64"),
]

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
PREFIX = "/opt/datasynth"


class Image(NamedTuple):
    """What the steps have made: the folder that the last stage copies, and its environment."""

    folder: Path
    environment: dict[str, str]
    start: list[str]
    health: list[str]


def _steps() -> list[tuple[str, str]]:
    """Instructions of the Dockerfile with what follows them, continued lines joined."""
    lines = [line for line in DOCKERFILE.read_text("utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]  # type: ignore[misc]


def _stage(name: str) -> list[tuple[str, str]]:
    """Instructions of the stage whose FROM ends with these words."""
    steps = _steps()
    (begin,) = [place for place, (kind, rest) in enumerate(steps) if kind == "FROM" and rest.endswith(name)]
    rest = steps[begin + 1 :]
    end = next((place for place, (kind, _) in enumerate(rest) if kind == "FROM"), len(rest))
    return rest[:end]


def _run(steps: list[tuple[str, str]], sources: Path, folder: Path, environment: dict[str, str]) -> None:
    """Copy and run as the steps say, with `folder` in the place of the image's."""
    place = sources
    for kind, rest in steps:
        words = rest.replace(PREFIX, str(folder))
        if kind == "WORKDIR":
            place = sources if rest == "/src" else folder
        if kind == "ENV":
            environment.update(dict(word.split("=", 1) for word in shlex.split(words)))
        if kind == "COPY" and not rest.startswith("--from"):
            *names, target = words.split()
            for name in names:
                source = ROOT / name
                if source.is_dir():
                    ignored = shutil.ignore_patterns("__pycache__")
                    shutil.copytree(source, sources / target, ignore=ignored)
                else:
                    shutil.copy2(source, sources / target)
        if kind == "RUN" and "useradd" not in rest:
            subprocess.run(["sh", "-c", words], cwd=place, env=environment, check=True, timeout=600)


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Image:
    """Run the stages of amd64."""
    folder, sources = (tmp_path_factory.mktemp(name) for name in ("image", "sources"))
    inherited = ("DATASYNTH_", "PYTHON", "VIRTUAL_ENV", "XDG_", "NUMBA_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(inherited)}
    for stage in ("AS base", "AS build-amd64", "AS build"):
        _run(_stage(stage), sources, folder, environment)
    last = _stage("-slim")
    served = {name: value for name, value in environment.items() if not name.startswith("NUMBA_")}
    _run([step for step in last if step[0] == "ENV"], sources, folder, served)
    served["PATH"] = served["PATH"].replace("$PATH", os.environ["PATH"])
    by_kind = {kind: rest.replace(PREFIX, str(folder)) for kind, rest in last}
    health = by_kind["HEALTHCHECK"].partition("CMD ")[2]
    words = [re.findall(r'"((?:[^"\\]|\\.)*)"', by_kind[kind]) for kind in ("ENTRYPOINT", "CMD")]
    return Image(folder, served, [*words[0], *words[1]], re.findall(r'"([^"]*)"', health))


def test_the_image_serves_at_once(image: Image) -> None:
    """The server is ready without compiling, writes nothing into its folder, and is healthy."""
    before = sorted(image.folder.rglob("*"))
    # A container listens everywhere; a test stays on this machine.
    command = ["env", "-i", *(f"{name}={value}" for name, value in image.environment.items())]
    server = Server(
        [*command, "DATASYNTH_HOST=127.0.0.1", *image.start, "--port", "0", "--grpc-port", "0"], {}
    )
    try:
        line = server.wait_for_line("is ready:", timeout=60)
        assert line, server.log
        port = re.search(r"http://127\.0\.0\.1:(\d+)", server.log)
        assert port, server.log
        health = [word.replace(":3000", f":{port[1]}") for word in image.health]
        done = subprocess.run(health, env=image.environment, capture_output=True, text=True, check=False)
    finally:
        status = server.stop()

    assert (0, 0) == (done.returncode, status), done.stderr
    assert COMPILING not in server.log
    assert before == sorted(image.folder.rglob("*"))
