"""The command line of ``datasynth generate``; what it writes: `test_data_set`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from datasynth.cli import generate
from datasynth.config import ConfigDocument
from datasynth.settings import cores

if TYPE_CHECKING:
    from pathlib import Path

    from datasynth.cli.draft import Draft


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[ConfigDocument, int]]:
    """What the writing was asked for; one empty file is written in its place."""
    asked: list[tuple[ConfigDocument, int]] = []

    def write(document: ConfigDocument, draft: Draft, threads: int) -> None:
        asked.append((document, threads))
        with draft.file("entries.ndjson"):
            pass

    monkeypatch.setattr(generate, "generate", write)
    return asked


def test_defaults(tmp_path: Path, asked: list[tuple[ConfigDocument, int]]) -> None:
    """With nothing but a folder, the default configuration is written with a thread for each core."""
    status = generate.main([str(tmp_path / "out")])
    ((document, threads),) = asked

    assert status == 0
    assert ConfigDocument.defaults().config == document.config
    assert cores() == threads
    assert (tmp_path / "out" / "entries.ndjson").exists()


def test_every_flag(tmp_path: Path, asked: list[tuple[ConfigDocument, int]]) -> None:
    """Count and seed go over the file, and the file over the defaults."""
    file = tmp_path / "retail.yaml"
    file.write_text("global: {industry: retail, seed: 7}\ntransactions: {target_count: 5}\n")
    flags = ["--config", str(file), "--count", "300", "--seed", "9", "--worker-threads", "3", "--force"]
    status = generate.main([*flags, str(tmp_path)])
    ((document, threads),) = asked

    assert (0, 3) == (status, threads)
    assert ("retail", 9) == (document.config.general.industry, document.config.general.seed)
    assert 300 == document.config.transactions.target_count


def test_it_says_what_it_has_written(
    tmp_path: Path, asked: list[tuple[ConfigDocument, int]], capfd: pytest.CaptureFixture[str]
) -> None:
    """Standard output has one line, and standard error is quiet unless it is a terminal."""
    folder = tmp_path / "out"
    generate.main(["--count", "1200", str(folder)])

    assert asked
    assert (f"{folder} has 1,200 entries and what they refer to.\n", "") == capfd.readouterr()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "DIR"),
        (["DIR", "--count", "0"], "--count"),
        (["DIR", "--count", "many"], "--count"),
        (["DIR", "--count", "999999999999999"], "transactions.target_count"),
        (["DIR", "--seed", "-1"], "--seed"),
        (["DIR", "--worker-threads", "0"], "--worker-threads"),
        (["DIR", "--config", "missing.yaml"], "missing.yaml"),
        (["DIR", "--colour", "red"], "--colour"),
        (["DIR", "--forc"], "--forc"),
        (["FULL"], "--force"),
        (["FULL/file"], "FULL/file"),
        (["/proc/nowhere"], "/proc/nowhere"),
    ],
)
def test_bad_usage(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    arguments: list[str],
    words: str,
) -> None:
    """What cannot be done costs one clear line and status 2, and leaves no folder behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "FULL").mkdir()
    (tmp_path / "FULL" / "file").touch()
    status = generate.main(arguments)
    printed, said = capfd.readouterr()

    assert (2, "", 1) == (status, printed, said.count("\n"))
    assert words in said
    assert not (tmp_path / "DIR").exists()


def test_an_interrupt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """After an interrupt there is no folder and no traceback, and the status says so."""

    def interrupt(_: ConfigDocument, draft: Draft, __: int) -> None:
        with draft.file("entries.ndjson") as out:
            out.write(b"half")
            raise KeyboardInterrupt

    monkeypatch.setattr(generate, "generate", interrupt)
    status = generate.main([str(tmp_path / "out")])

    assert status == 130
    assert ("", "") == capfd.readouterr()
    assert not (tmp_path / "out").exists()
