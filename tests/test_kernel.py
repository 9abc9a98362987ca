"""Where compiled kernels are kept, and how they are compiled."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pytest
from numba.core.errors import NumbaError

from datasynth.kernel import COMPILING, _home, _processor, allocating, cache_folder, kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
HOME = Path("cache")


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package with two kernels, and a file that is none."""
    for name in (
        "kernel.py",
        "kernel_files.py",
        "plain.py",
        "a/kernels/counts.py",
        "b/c/kernels/lines.py",
        "b/kernels/d/sums.py",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"# {name}\n")
    return tmp_path


@pytest.mark.parametrize(
    "name", ["kernel.py", "a/kernels/counts.py", "b/c/kernels/lines.py", "b/kernels/d/sums.py"]
)
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


def _first_of_copy(numbers: NDArray[np.int64]) -> int:
    copied = np.empty(len(numbers), dtype=np.int64)
    for place in range(len(numbers)):
        copied[place] = numbers[place]
    return int(copied[0])


def test_a_kernel_owns_no_array() -> None:
    """One that makes an array is not compiled, so what it is given is all that there is to hold."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        pytest.skip("nothing is compiled")
    with pytest.raises(NumbaError, match="empty"):
        kernel(_first_of_copy)(np.arange(3))


def test_callers_keep_what_they_give() -> None:
    """Kernels of both kinds, which call each other, leave as many references to an array as there were."""
    first = allocating(_first_of_copy)

    def first_twice(numbers: NDArray[np.int64]) -> int:
        rest = numbers[1:]
        return first(numbers) + first(rest)

    compiled, numbers = kernel(first_twice), np.arange(4)
    before = sys.getrefcount(numbers)
    sums = {compiled(numbers) for _ in range(100)}

    assert ({1}, before) == (sums, sys.getrefcount(numbers))


def _times_eight(number: int) -> int:
    return number * 8


def test_a_kernel_is_called_from_python_and_from_kernels() -> None:
    """Both find the same one, whoever comes first; only the version for Python can unpack its objects."""
    inner = kernel(_times_eight)

    def around(number: int) -> int:
        return inner(number) + 1

    outer = kernel(around)

    assert [17, 16, 25, 24] == [outer(2), inner(2), outer(3), inner(3)]


def test_calls_between_kernels_need_no_wrapper() -> None:
    """A kernel that only kernels call is compiled once, and not for Python."""
    if numba.config.DISABLE_JIT:  # type: ignore[attr-defined]
        pytest.skip("nothing is compiled")
    inner: Any = kernel(_times_eight)

    def around(number: int) -> int:
        return int(inner(number)) + 1

    kernel(around)(2)
    called = inner.get_overload.__self__

    assert ([], 1) == (inner.nopython_signatures, len(called.nopython_signatures))
    assert called.targetoptions["no_cpython_wrapper"]


PROBE = """
import logging
from datasynth.kernel import kernel, watched

def tell(level, sentence):
    print(logging.getLevelName(level), sentence)

@kernel
def halve(number):
    return number / 2.0

@kernel
def quarter(number):
    return halve(number) / 2.0

with watched(tell):
    result = quarter(4.0)
print(result)
"""

VERSIONS = """
import sys
from datasynth.kernel import kernel, watched

@kernel
def half(number):
    return number / 2 if number > 7 else number // 2

with watched(lambda level, sentence: print("compiled")):
    result = half(float(sys.argv[1]) if "." in sys.argv[1] else int(sys.argv[1]))
print(int(result) if result == int(result) else result)
"""


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, list[str]]:
    """A program with two kernels, its cache after a first run, and what that run printed."""
    folder = tmp_path_factory.mktemp("compiled")
    program, cache = folder / "program.py", folder / "cache"
    program.write_text(PROBE)
    return program, cache, _run(program, cache)


@pytest.fixture
def cache(compiled: tuple[Path, Path, list[str]], tmp_path: Path) -> Path:
    """A copy of that cache, to be spoilt."""
    return Path(shutil.copytree(compiled[1], tmp_path / "cache"))


def _run(program: Path, cache: Path, prefix: str = "") -> list[str]:
    """What the program prints, beside its result."""
    done = subprocess.run(
        ["bash", "-c", f'{prefix} "{sys.executable}" "{program}" | cat'],
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    *told, result = done.stdout.splitlines()
    assert ("", "1.0") == (done.stderr, result)
    return told


def test_it_is_told_when_kernels_are_compiled_and_not_when_they_are_loaded(
    compiled: tuple[Path, Path, list[str]],
) -> None:
    """The first run compiles, which takes time, and the second one need not say anything."""
    program, cache, first = compiled

    assert ([f"INFO {COMPILING}"], []) == (first, _run(program, cache))


def test_a_folder_that_cannot_be_made_is_told_once(
    compiled: tuple[Path, Path, list[str]], tmp_path: Path
) -> None:
    """Where kernels cannot be kept they work all the same, and one warning says where and what to do."""
    no_folder = tmp_path / "file"
    no_folder.write_text("")
    begun, warning = _run(compiled[0], no_folder)

    assert f"INFO {COMPILING}" == begun
    assert f" {no_folder / 'datasynth' / 'kernels'}" in warning
    assert "(Not a directory)" in warning
    assert "XDG_CACHE_HOME" in warning
    assert [] == [path for path in compiled[0].parent.rglob("*.kernel") if compiled[1] not in path.parents]


def test_a_folder_that_can_only_be_read_serves(compiled: tuple[Path, Path, list[str]], cache: Path) -> None:
    """What an image brings along is loaded where nothing can be written; what is missing is told."""
    # Stands in for permissions, which do not hold the superuser back: no file of the program can grow.
    read_only = "ulimit -f 0;"
    complete = _run(compiled[0], cache, read_only)
    for path in cache.rglob("program.quarter*.kernel"):
        path.unlink()
    begun, warning = _run(compiled[0], cache, read_only)

    assert ([], f"INFO {COMPILING}") == (complete, begun)
    assert "(File too large)" in warning


@pytest.mark.parametrize("damage", [b"", b"no kernel at all " * 9])
def test_a_damaged_file_is_as_good_as_none(
    compiled: tuple[Path, Path, list[str]], cache: Path, damage: bytes
) -> None:
    """After a power cut, or if another program has written there, the kernel is compiled anew and kept."""
    for path in cache.rglob("*.kernel"):
        path.write_bytes(damage and hashlib.sha256(damage).digest() + damage)
    told = [_run(compiled[0], cache), _run(compiled[0], cache)]

    assert [[f"INFO {COMPILING}"], []] == told


def test_processes_that_start_at_once_share_a_folder(
    compiled: tuple[Path, Path, list[str]], tmp_path: Path
) -> None:
    """Four first starts compile side by side; all have the right result, and the fifth only loads."""
    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(lambda _: _run(compiled[0], tmp_path), range(4)))

    assert [f"INFO {COMPILING}"] in told
    assert [] == _run(compiled[0], tmp_path)
    assert [] == list(tmp_path.rglob("*.new"))


def test_a_full_disk_is_told_and_leaves_no_half_file(
    compiled: tuple[Path, Path, list[str]], tmp_path: Path
) -> None:
    """Where a file can begin and not be finished the kernels work, and nothing of it stays."""
    begun, warning = _run(compiled[0], tmp_path, "ulimit -f 1;")

    assert f"INFO {COMPILING}" == begun
    assert "(File too large)" in warning
    assert [] == [path for path in tmp_path.rglob("*") if path.is_file()]


def test_versions_of_one_kernel_do_not_mix(tmp_path: Path) -> None:
    """Two processes that compile one kernel for two types at once each find their own afterwards."""
    program, cache = tmp_path / "program.py", tmp_path / "cache"
    program.write_text(VERSIONS)
    with ThreadPoolExecutor(2) as pool:
        first = list(pool.map(lambda number: _printed(program, cache, number), ("7", "7.5")))
    second = [_printed(program, cache, number) for number in ("7", "7.5")]

    assert [["compiled", "3"], ["compiled", "3.75"]] == first
    assert [["3"], ["3.75"]] == second


def _printed(program: Path, cache: Path, argument: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(program), argument],
        env={**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "" == done.stderr
    return done.stdout.split()
