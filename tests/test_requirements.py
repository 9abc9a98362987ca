"""The pinned versions: whole, with hashes, and from nowhere in particular."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.server import ROOT

FILES = ("requirements.txt", "requirements-dev.txt")
INSTALLER = "requirements-install.txt"
CLUSTER = "requirements-cluster.txt"
COMPILED = ("gevent", "grpcio", "llvmlite", "numba", "numpy", "pyarrow")


def _entries(name: str) -> dict[str, tuple[Requirement, list[str]]]:
    """Requirements of a file by name, each with its options."""
    text = (ROOT / name).read_text().replace("\\\n", " ")
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for line in text.splitlines():
        words = line.partition(" #")[0].strip()
        if not words or words.startswith("#"):
            continue
        requirement, *options = re.split(r"\s+(?=--)", words)
        parsed = Requirement(requirement)
        assert canonicalize_name(parsed.name) not in found
        found[canonicalize_name(parsed.name)] = (parsed, options)
    return found


def _declared() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return [Requirement(one) for one in project["dependencies"]]


def _extras() -> list[Requirement]:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    return [Requirement(one) for extra in extras.values() for one in extra]


def _wanted_for_tests() -> set[str]:
    lines = (ROOT / "requirements-dev.in").read_text().splitlines()
    return {canonicalize_name(line.partition(" ")[0]) for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("name", [*FILES, INSTALLER, CLUSTER])
def test_each_package_has_one_version_and_its_hashes(name: str) -> None:
    """Installing refuses a file that is half with hashes, and whatever was not there when it was written."""
    for requirement, options in _entries(name).values():
        assert re.fullmatch(r"==[^*,]+", str(requirement.specifier)), requirement
        assert options
        assert all(re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", option) for option in options), requirement


@pytest.mark.parametrize("name", [*FILES, INSTALLER, CLUSTER])
def test_packages_come_from_wherever_pip_is_told(name: str) -> None:
    """No file names an index, a host or a path."""
    assert not re.search(r"://|--index|--find-links|--trusted|^-|@ ", (ROOT / name).read_text(), re.MULTILINE)


@pytest.mark.parametrize("name", COMPILED)
def test_hashes_are_those_of_every_platform(name: str) -> None:
    """A machine of another kind installs from the same file: each of many wheels has its hash."""
    assert len(_entries("requirements.txt")[name][1]) >= 10


def test_what_is_declared_is_pinned() -> None:
    """Each dependency of the project has a version that the project allows."""
    pinned = _entries("requirements.txt")
    for requirement in _declared():
        chosen = next(iter(pinned[canonicalize_name(requirement.name)][0].specifier)).version
        assert requirement.specifier.contains(chosen), requirement


def test_extras_are_pinned_for_tests() -> None:
    """What an extra brings is tested in a version that the extra allows, and a server does without it."""
    server, tests = (_entries(name) for name in FILES)
    tests = _entries(CLUSTER) | tests
    for requirement in _extras():
        name = canonicalize_name(requirement.name)
        chosen = next(iter(tests[name][0].specifier)).version
        assert requirement.specifier.contains(chosen), requirement
        assert name not in server


def test_tests_run_with_the_versions_of_the_server() -> None:
    """The file for tests holds all of the other one, hashes included, and what tests want."""
    server, tests = (
        # On which platforms a package is wanted may differ: tests have packages that want it on more of them.
        {name: (one.specifier, options) for name, (one, options) in _entries(file).items()}
        for file in FILES
    )

    assert {name: tests[name] for name in server} == server
    assert _wanted_for_tests() <= set(tests)


def test_here_are_the_pinned_versions() -> None:
    """What these tests run with is what the file says."""
    pinned = _entries("requirements-dev.txt")
    wanted = {canonicalize_name(one.name) for one in _declared()} | _wanted_for_tests()
    expected = {name: next(iter(pinned[name][0].specifier)).version for name in sorted(wanted)}

    assert expected == {name: version(name) for name in expected}
