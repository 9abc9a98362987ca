"""What the whole code base promises about itself, beyond what the linters check."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from grpc_tools import protoc

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "datasynth"
MOST_LINES_OF_A_FILE = 450
MOST_LINES_OF_A_FUNCTION = 50
MOST_FILES_OF_A_FOLDER = 25
MOST_PARAMETERS = 12
GENERATED = PACKAGE / "transports" / "rpc"
TOP_LEVEL = [ROOT / name for name in ("app.py", "wsgi.py", "gunicorn.conf.py")]
KNOWS_GEVENT = {f"transports/{name}.py" for name in ("bridge", "connection", "worker")}
SHARED_NAMES = {"Block", "Journal"}
"""Classes of the engine that `library` extends under the same names."""

Function = ast.FunctionDef | ast.AsyncFunctionDef


def _handwritten(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "_pb2" not in path.name and "node_modules" not in path.parts]


SOURCES = [*_handwritten("datasynth", "bench", "examples"), *TOP_LEVEL]
EVERYTHING = [*SOURCES, *_handwritten("tests")]


def _module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {_module_name(path) for path in _handwritten("datasynth")}


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def _where(path: Path, node: ast.AST | int) -> str:
    line = node if isinstance(node, int) else getattr(node, "lineno", 0)
    return f"{path.relative_to(ROOT)}:{line}"


def _functions(path: Path) -> Iterator[Function]:
    return (node for node in ast.walk(_tree(path)) if isinstance(node, Function))


def _docstring_lines(node: ast.Module | ast.ClassDef | Function) -> int:
    if ast.get_docstring(node) is None:
        return 0
    first = node.body[0]
    return (first.end_lineno or first.lineno) - first.lineno + 1


def _says_why_long(lines: list[str]) -> bool:
    return any(re.search(r"#\s*long:\s*\w+ \w+", line) for line in lines)


def test_layers() -> None:
    """Imports flow downward only, as pyproject.toml draws the layers."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_import_inside_a_function() -> None:
    """All imports stand at the top of their file, where a reader and the layer contract see them."""
    found = [
        _where(path, node)
        for path in EVERYTHING
        for function in _functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]

    assert [] == found


def _imports(path: Path, *, types: bool) -> Iterator[str]:
    """What a module imports when it is loaded, and, if wanted, what it imports for its types alone."""
    waiting: list[ast.stmt] = list(_tree(path).body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and (types or ast.unparse(node.test) != "TYPE_CHECKING"):
            waiting += node.body + node.orelse
        elif isinstance(node, ast.Try):
            waiting += node.body
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in MODULES else node.module


def test_no_cycles() -> None:
    """Modules of the package can be put in an order in which each imports only earlier ones, types too."""
    waiting = {
        _module_name(path): set(_imports(path, types=True)) & MODULES for path in _handwritten("datasynth")
    }
    while ready := {name for name, needs in waiting.items() if not needs}:
        waiting = {name: needs - ready for name, needs in waiting.items() if name not in ready}

    assert {} == waiting


def test_only_bridge_and_worker_know_gevent() -> None:
    """Bridge, worker and its connections know that greenlets exist; all else is plain threads and wakers."""
    knowing = {
        str(path.relative_to(PACKAGE))
        for path in _handwritten("datasynth")
        for node in ast.walk(_tree(path))
        if (isinstance(node, ast.Import) and any(a.name.startswith("gevent") for a in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gevent"))
    }

    assert knowing <= KNOWS_GEVENT


def test_file_length() -> None:
    """No file, tests included, is longer than a reader's patience, unless a line says why."""
    found = [
        f"{_where(path, len(lines))} lines"
        for path in EVERYTHING
        if len(lines := path.read_text().splitlines()) > MOST_LINES_OF_A_FILE and not _says_why_long(lines)
    ]

    assert [] == found


def test_function_length() -> None:
    """No function, its docstring aside, is longer than fifty lines, unless a line of it says why."""
    found = []
    for path in SOURCES:
        lines = path.read_text().splitlines()
        for function in _functions(path):
            body = lines[function.lineno - 1 : function.end_lineno]
            length = len(body) - _docstring_lines(function)
            if length > MOST_LINES_OF_A_FUNCTION and not _says_why_long(body):
                found.append(f"{_where(path, function)} {function.name}: {length}")

    assert [] == found


def _parameters(function: Function) -> int:
    listed = function.args
    several = [one for one in (listed.vararg, listed.kwarg) if one]
    return len([*listed.posonlyargs, *listed.args, *listed.kwonlyargs, *several])


def test_parameter_lists() -> None:
    """No function has more than twelve parameters: what belongs together comes as one record."""
    found = [
        f"{_where(path, function)} {function.name}"
        for path in SOURCES
        for function in _functions(path)
        if _parameters(function) > MOST_PARAMETERS
    ]

    assert [] == found


def test_size_of_folders() -> None:
    """No folder of the package has more files than a reader can keep in mind."""
    sizes = Counter(path.parent.relative_to(ROOT) for path in _handwritten("datasynth"))

    assert {} == {str(folder): size for folder, size in sizes.items() if size > MOST_FILES_OF_A_FOLDER}


def test_no_print() -> None:
    """The package logs; it does not print."""
    found = [
        _where(path, node)
        for path in [*_handwritten("datasynth"), *TOP_LEVEL]
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]

    assert [] == found


def test_each_folder_says_what_it_knows() -> None:
    """Each package has an `__init__` whose docstring says what it is about."""
    folders = {path.parent for path in _handwritten("datasynth")}
    silent = [
        str(folder.relative_to(ROOT))
        for folder in sorted(folders)
        if not (folder / "__init__.py").exists()
        or len(ast.get_docstring(_tree(folder / "__init__.py")) or "") < 40
    ]

    assert [] == silent


def _public(path: Path) -> Iterator[ast.ClassDef | Function]:
    for node in _tree(path).body:
        if isinstance(node, Function | ast.ClassDef) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                members = [member for member in node.body if isinstance(member, Function)]
                yield from (member for member in members if not member.name.startswith("_"))


def test_public_things_have_docstrings() -> None:
    """Every module, public class, function and method says what it is for."""
    silent = [str(path.relative_to(ROOT)) for path in SOURCES if not ast.get_docstring(_tree(path))]
    silent += [
        f"{_where(path, node)} {node.name}"
        for path in SOURCES
        for node in _public(path)
        if not ast.get_docstring(node) and not any("overload" in ast.unparse(d) for d in node.decorator_list)
    ]

    assert [] == silent


def test_tests_say_what_they_show() -> None:
    """Every test has a docstring of one sentence about behaviour."""
    found = [
        f"{_where(path, function)} {function.name}"
        for path in _handwritten("tests")
        for function in _functions(path)
        if function.name.startswith("test_")
        and not (ast.get_docstring(function) or "").endswith((".", "?", "::"))
    ]

    assert [] == found


def test_names_of_modules() -> None:
    """No module or class hides what it knows behind a word that fits everything."""
    vague = re.compile(r"(utils?|helpers?|misc|common)$")
    words = re.compile(r"(Manager|Helper|Processor|Util|Utils)$")
    found = [str(path.relative_to(ROOT)) for path in SOURCES if vague.search(path.stem)]
    found += [
        f"{_where(path, node)} {node.name}"
        for path in SOURCES
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef) and words.search(node.name)
    ]

    assert [] == found


def test_no_two_public_classes_share_a_name() -> None:
    """A public class of the package has its name to itself, so that one word means one thing."""
    homes: dict[str, list[str]] = {}
    for path in _handwritten("datasynth"):
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(str(path.relative_to(PACKAGE)))

    shared = {name: where for name, where in homes.items() if len(where) > 1}

    assert {} == {name: where for name, where in shared.items() if name not in SHARED_NAMES}
    assert SHARED_NAMES <= set(shared)


def _comments(path: Path) -> Iterator[tokenize.TokenInfo]:
    tokens = tokenize.generate_tokens(io.StringIO(path.read_text()).readline)
    return (token for token in tokens if token.type == tokenize.COMMENT)


def test_nothing_is_left_open() -> None:
    """No comment promises work for later."""
    promise = re.compile(r"#\s*(TODO|FIXME|XXX|HACK)\b")
    found = [
        _where(path, comment.start[0])
        for path in EVERYTHING
        for comment in _comments(path)
        if promise.match(comment.string)
    ]

    assert [] == found


def test_kernels_call_only_kernels() -> None:
    """A compiled function imports compiled functions only from folders named `kernels`.

    Otherwise a change there would not reach the cache of compiled code.
    """
    outside = re.compile(r"^datasynth\.(?!kernel$|kernel\.|.*\bkernels\b)")
    found = [
        f"{_where(path, 1)} {name}"
        for path in _handwritten("datasynth")
        if "kernels" in path.parts
        for name in _imports(path, types=False)
        if outside.match(name)
    ]

    assert [] == found


@pytest.mark.parametrize("name", ["synth_pb2.py", "synth_pb2.pyi", "synth_pb2_grpc.py"])
def test_generated_proto_is_current(name: str, tmp_path: Path) -> None:
    """The committed gRPC code is what `make proto` writes from protos/synth.proto."""
    inside = GENERATED.relative_to(ROOT)
    outputs = [f"--{kind}={tmp_path}" for kind in ("python_out", "pyi_out", "grpc_python_out")]
    arguments = ["protoc", f"-I{inside}={ROOT / 'protos'}", *outputs, f"{inside}/synth.proto"]

    assert protoc.main(arguments) == 0
    assert (tmp_path / inside / name).read_text() == (GENERATED / name).read_text()


def test_tests_mirror_the_tree() -> None:
    """Each folder of the package has a folder of tests at the same place."""
    folders = {path.parent.relative_to(PACKAGE) for path in _handwritten("datasynth")}
    untested = [
        str(folder)
        for folder in sorted(folders)
        if "kernels" not in folder.parts and not list((ROOT / "tests" / folder).glob("test_*.py"))
    ]

    assert [] == untested
