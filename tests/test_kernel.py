"""Where compiled kernels are kept, and how they are compiled."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numba
import pytest

from datasynth.kernel import _home, _processor, cache_folder, kernel

ROOT = Path(__file__).parent.parent
HOME = Path("cache")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with two kernels, and a file that is none."""
    for name in ("kernel.py", "plain.py", "a/kernels/counts.py", "b/c/kernels/lines.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


@pytest.mark.parametrize("name", ["kernel.py", "a/kernels/counts.py", "b/c/kernels/lines.py"])
def test_a_kernel_s_source_moves_the_folder(package: Path, name: str) -> None:
    """A change of any kernel, or of how kernels are compiled, needs a new folder; undone, the old one."""
    before = cache_folder(package, HOME, "processor")
    text = (package / name).read_text()
    (package / name).write_text(text + "x = 1\n")
    changed = cache_folder(package, HOME, "processor")
    (package / name).write_text(text)

    assert before != changed
    assert before == cache_folder(package, HOME, "processor")


def test_a_new_or_renamed_kernel_moves_the_folder(package: Path) -> None:
    """Which kernels there are counts too, and under which names."""
    folders = {cache_folder(package, HOME, "processor")}
    (package / "a/kernels/ranks.py").write_text("")
    folders.add(cache_folder(package, HOME, "processor"))
    (package / "a/kernels/ranks.py").rename(package / "a/kernels/places.py")
    folders.add(cache_folder(package, HOME, "processor"))

    assert 3 == len(folders)


def test_other_sources_leave_the_folder(package: Path) -> None:
    """Files outside the folders of kernels compile nothing."""
    before = cache_folder(package, HOME, "processor")
    (package / "plain.py").write_text("changed = True\n")
    (package / "a/kernels/notes.txt").write_text("no source\n")
    (package / "new.py").write_text("")

    assert before == cache_folder(package, HOME, "processor")


def test_the_same_sources_elsewhere_have_the_same_name(
    package: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Where the package lies does not matter, only what it says."""
    other = tmp_path_factory.mktemp("elsewhere")
    for path in package.rglob("*.py"):
        copy = other / path.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())

    assert cache_folder(package, HOME, "processor") == cache_folder(other, HOME, "processor")


def test_another_processor_has_another_folder(package: Path) -> None:
    """Code for one processor is not run on another."""
    assert cache_folder(package, HOME, "one") != cache_folder(package, HOME, "other")


def test_another_numba_has_another_folder(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code that another version of numba compiled is not loaded."""
    before = cache_folder(package, HOME, "processor")
    monkeypatch.setattr(numba, "__version__", "0.0.1")

    assert before != cache_folder(package, HOME, "processor")


def test_the_folder_is_in_the_user_s_cache(
    package: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """XDG_CACHE_HOME decides where that is; unset or empty, it is ~/.cache."""
    assert HOME / "datasynth" / "kernels" == cache_folder(package, HOME, "processor").parent
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert tmp_path == _home()
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert Path.home() / ".cache" == _home()
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert Path.home() / ".cache" == _home()


def test_the_processor_is_this_one_unless_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """NUMBA_CPU_NAME, which numba compiles for, names the processor here as well."""
    monkeypatch.delenv("NUMBA_CPU_NAME", raising=False)
    assert "," in _processor()
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    assert "generic" == _processor()


def test_numba_keeps_kernels_there(tmp_path: Path) -> None:
    """Importing the module is what sets numba's folder, before any kernel is declared."""
    program = "import datasynth.kernel, numba; print(numba.config.CACHE_DIR)"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path), "NUMBA_CPU_NAME": "generic"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert str(cache_folder(ROOT / "datasynth", tmp_path, "generic")) == done.stdout.strip()


def test_kernels_are_exact_and_leave_the_interpreter_alone() -> None:
    """A kernel runs outside the interpreter lock, without the shortcuts of fast arithmetic."""

    def halve(number: float) -> float:
        return number / 2.0

    compiled = kernel(halve)
    options = getattr(compiled, "targetoptions", {"nogil": True, "error_model": "numpy"})

    assert {"nogil": True, "error_model": "numpy"}.items() <= options.items()
    assert not options.get("fastmath", False)
    assert halve is getattr(compiled, "py_func", compiled)
