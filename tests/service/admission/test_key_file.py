"""The file of keys."""

from __future__ import annotations

import hashlib
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datasynth.errors import InvalidRequest
from datasynth.service.admission.access import ALL_RIGHTS, ApiKey, Right, digest, unnamed_keys
from datasynth.service.admission.key_file import (
    LARGEST,
    load_key_file,
    open_to_others,
    parse_keys,
    server_keys,
)
from tests.server import ROOT

if TYPE_CHECKING:
    from pathlib import Path

READ, CONTROL = frozenset({Right.READ}), frozenset({Right.CONTROL})
HASH = hashlib.sha256(b"hush").hexdigest()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of keys that is its owner's alone."""
    path = tmp_path / "keys"
    path.touch(mode=0o600)
    return path


def test_a_line_is_a_name_a_key_and_rights(file: Path) -> None:
    """Keys may be written out or hashed; blanks, comments, a byte order mark and CRLF do not matter."""
    file.write_text(
        "\ufeff# the keys\r\n"
        "\r\n"
        "dashboard \t plain-key  read  # who looks only\r\n"
        f"  ci.2-b    sha256:{HASH}   control,read\r\n"
        f"upper     sha256:{hashlib.sha256(b'loud').hexdigest().upper()} all\r\n"
        "starter   #starts-with-a-hash control"
    )

    assert (
        ApiKey("dashboard", digest("plain-key"), READ),
        ApiKey("ci.2-b", digest("hush"), ALL_RIGHTS),
        ApiKey("upper", digest("loud"), ALL_RIGHTS),
        ApiKey("starter", digest("#starts-with-a-hash"), CONTROL),
    ) == load_key_file(file)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("s3cret", "a line must have a name, a key or its hash, and rights"),
        ("ops s3cret", "a line must have a name, a key or its hash, and rights"),
        ("ops s3cret read control", "a line must have a name, a key or its hash, and rights"),
        ("s3cret:1 ops read", "a name may have up to 32 letters"),
        (f"{'s3cret' * 6} ops read", "a name may have up to 32 letters"),
        ("-s3cret x read", "a name may have up to 32 letters"),
        ("ops s3crét read", "a key must consist of visible ASCII characters"),
        ("ops sha256:s3cret read", "a hash must be sha256: and 64 hexadecimal digits"),
        (f"ops sha256:{HASH}00 read", "a hash must be sha256: and 64 hexadecimal digits"),
        ("ops read s3cret", "rights must be all, or a list of read and control with a comma between them"),
        (
            "ops s3cret read,write",
            "rights must be all, or a list of read and control with a comma between them",
        ),
        ("ops s3cret read,", "rights must be all, or a list of read and control with a comma between them"),
        ("first s3cret all", "the name is already used in line 1"),
        ("other first-key all", "the key is already used in line 1"),
        (f"other sha256:{hashlib.sha256(b'first-key').hexdigest()} all", "the key is already used in line 1"),
    ],
)
def test_a_fault_is_told_by_its_line_and_never_by_its_words(file: Path, line: str, expected: str) -> None:
    """Where columns are mixed up any word may be the key, so none is repeated."""
    file.write_text(f"first first-key read\n\n{line}\n")

    with pytest.raises(InvalidRequest) as refused:
        load_key_file(file)

    assert refused.value.message.startswith(f"{file}: line 3: {expected}")
    assert "s3cr" not in refused.value.message
    assert HASH not in refused.value.message
    assert "\n" not in refused.value.message


def test_faults_are_told_at_once_and_not_without_end(file: Path) -> None:
    """Five lines are named, and the number of the others."""
    file.write_text("faulty\n" * 9)

    with pytest.raises(InvalidRequest, match=r"line 1: .*; line 5: .*; and 4 more$"):
        load_key_file(file)


@pytest.mark.parametrize("text", ["", "\n", "# nobody yet\n"])
def test_a_file_without_a_key_is_refused(file: Path, text: str) -> None:
    """It must not leave the server open."""
    file.write_text(text)

    with pytest.raises(InvalidRequest, match="The file contains no key"):
        load_key_file(file)


def test_what_is_no_text_file_is_refused(file: Path) -> None:
    """A missing file, a folder, a pipe, other encodings and something huge are one sentence with the path."""
    pipe = file.with_name("pipe")
    os.mkfifo(pipe)
    file.write_bytes(b"ops k\xff all\n")
    huge = file.with_name("huge")
    huge.write_bytes(b"#" * (LARGEST + 1))
    for path, expected in (
        (file.with_name("none"), "cannot be read: No such file or directory"),
        (file.with_name("nul\0"), "cannot be read: "),
        (file.parent, "This is not a file"),
        (pipe, "This is not a file"),
        (file, "The file is not UTF-8"),
        (huge, f"The file has more than {LARGEST} bytes"),
    ):
        with pytest.raises(InvalidRequest) as refused:
            load_key_file(path)
        assert refused.value.message.startswith(f"{path}: ")
        assert expected in refused.value.message


def test_keys_of_both_places_open(file: Path) -> None:
    """Keys of the command line have all rights, those of the file their own."""
    file.write_text("dashboard other read\n")

    assert (*unnamed_keys(["one"]), ApiKey("dashboard", digest("other"), READ)) == server_keys(["one"], file)
    assert unnamed_keys(["one"]) == server_keys(["one"], None)
    assert () == server_keys([], None)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("dashboard one read", "the key is already used in --api-key"),
        ("api-key-1 two read", "the name is already used in --api-key"),
    ],
)
def test_a_key_in_both_places_is_refused(file: Path, line: str, expected: str) -> None:
    """Nobody has to guess which rights hold."""
    file.write_text(line)

    with pytest.raises(InvalidRequest, match=expected):
        server_keys(["one"], file)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o600, False), (0o400, False), (0o640, False), (0o644, True), (0o620, True), (0o602, True)],
)
def test_a_file_that_is_open_to_others_is_found(file: Path, mode: int, expected: bool) -> None:
    """Its group may read it, as mounted secrets are; all else is the owner's."""
    file.chmod(mode)

    assert expected == open_to_others(file)


def test_the_how_to_shows_a_file_that_works() -> None:
    """Its lines are keys of the rights that the page explains."""
    page = (ROOT / "docs" / "how-to" / "keys.md").read_text()
    sample = page.partition("## Write the file")[2].partition("```text\n")[2].partition("```")[0]

    keys, faults = parse_keys(sample)

    assert [] == faults
    assert [("dashboard", READ), ("nightly", ALL_RIGHTS), ("operator", ALL_RIGHTS)] == [
        (key.name, key.rights) for key in keys
    ]


@given(st.text(max_size=200))
def test_any_text_is_keys_or_faults(text: str) -> None:
    """Whatever the file holds, each line becomes a key, a fault, or nothing."""
    keys, faults = parse_keys(text)

    assert len(keys) + len(faults) <= text.count("\n") + 1
