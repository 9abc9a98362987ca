"""The sweep: which data sets it makes, what it prints of each, and how it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from bench.outcomes import Outcome, ReportedCheck
from bench.quality import BEGIN, END, LINE_COUNTS, SHAPES
from bench.sweep import main, run_trial
from bench.trials import GROUPS, LARGE, Trial, trials
from datasynth.config import INDUSTRIES, ConfigDocument

if TYPE_CHECKING:
    from pathlib import Path

ALL = trials(list(GROUPS))


def _outcome(trial: Trial, *red: str) -> Outcome:
    checks = {name: ReportedCheck(1.0, 0.0, 0.0, "fail") for name in red}
    checks["balance.document"] = ReportedCheck(0.0, 0.0, 0.0, "pass")
    checks["mix.entropy"] = ReportedCheck(None, None, None, "not judged")
    return Outcome(trial, trial.count, 4 * trial.count, checks, 1.25, 0.5)


def _green(trial: Trial, _: Path) -> Outcome:
    return _outcome(trial)


@pytest.mark.parametrize("trial", ALL, ids=lambda trial: f"{trial.name}, {trial.count}, {trial.seed}")
def test_every_trial_is_a_configuration(trial: Trial) -> None:
    """What a trial asks for is valid, with its seed and its number of entries."""
    config = ConfigDocument.defaults().merge(trial.configuration).config

    assert (trial.seed, trial.count) == (config.general.seed, config.transactions.target_count)


def test_all_industries_sizes_and_seeds_are_swept() -> None:
    """Every industry comes with five seeds in three sizes, and the default once in millions."""
    made = {(trial.name, trial.seed, trial.count) for trial in ALL if trial.group in {"presets", "small"}}
    wanted = {
        (name, seed, count) for name in INDUSTRIES for seed in range(1, 6) for count in (100, 1_000, 100_000)
    }

    assert wanted == made
    assert [LARGE] == [trial.count for trial in ALL if trial.group == "large"]


def test_all_green(capsys: pytest.CaptureFixture[str]) -> None:
    """Where every check passes, the status is 0, and each data set has had a row."""
    status = main(["--only", "edges"], _green)
    heading, *rows, _, verdict = capsys.readouterr().out.splitlines()

    assert (0, "23 of 23 data sets are green.") == (status, verdict)
    assert [heading.index("verdict")] * 23 == [row.index("green") for row in rows]


def test_one_red_check_is_enough(capsys: pytest.CaptureFixture[str]) -> None:
    """One failing check of one data set makes the status 1, and its row names it."""

    def run(trial: Trial, _: Path) -> Outcome:
        return _outcome(trial, *["balance.sides"] * (trial.name == "yen"))

    status = main(["--only", "edges"], run)
    printed = capsys.readouterr().out

    assert status == 1
    assert printed.count("RED") == 1
    assert "RED balance.sides" in next(row for row in printed.splitlines() if " yen " in row)


def test_what_could_not_be_judged_is_red(capsys: pytest.CaptureFixture[str]) -> None:
    """A data set without a report, and one without a single judged check, are not green."""
    troubled = main(["--only", "large"], lambda trial, _: Outcome(trial, trouble="no space left"))
    empty = main(["--only", "large"], lambda trial, _: Outcome(trial))

    assert (1, 1) == (troubled, empty)
    assert "no space left" in capsys.readouterr().out


def test_each_data_set_has_an_empty_folder_for_itself(tmp_path: Path) -> None:
    """The folder of a trial is new and lies where it should; it is gone afterwards."""
    seen = []

    def run(trial: Trial, folder: Path) -> Outcome:
        assert folder.parent == tmp_path
        assert not list(folder.iterdir())
        (folder / "large").write_text("x")
        seen.append(folder)
        return _outcome(trial)

    main(["--only", "small", "--industries", "retail", "--seeds", "3,4", "--folder", str(tmp_path)], run)

    assert len(set(seen)) == 4
    assert [] == list(tmp_path.iterdir())


def test_the_page_gets_the_figures(tmp_path: Path) -> None:
    """With `--page` the figures of the page are replaced."""
    page = tmp_path / "page.md"
    page.write_text(f"# Title\n\n{BEGIN}\nold\n{END}\n")
    main(["--only", "large", "--page", str(page)], _green)

    assert "| large | 1 | 5,000,000 | 1 | 1 | none |" in page.read_text().splitlines()


@pytest.mark.parametrize(
    ("flags", "complaint"),
    [
        (["--only", "kitchen"], "no kitchen; there are presets, small, edges, large"),
        (["--industries", "alchemy"], "no alchemy; there are manufacturing"),
    ],
)
def test_unknown_words_are_named(
    flags: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A group or an industry that there is not ends it at once, with the list of those that there are."""
    with pytest.raises(SystemExit):
        main(flags, _green)

    assert complaint in capsys.readouterr().err


def test_a_real_data_set(tmp_path: Path) -> None:
    """The commands of users make and judge a data set; its report has the checks that the page shows."""
    (trial,) = trials(["small"], ["retail"], [3])[:1]
    outcome = run_trial(trial, tmp_path)
    report = json.loads((tmp_path / "report.json").read_text())

    assert ("", 100) == (outcome.trouble, outcome.entries)
    assert outcome.green == report["passed"]
    assert [check["name"] for check in report["gates"]] == list(outcome.checks)
    assert {row.check for row in (*LINE_COUNTS, *SHAPES) if row.check} <= outcome.checks.keys()


def test_a_command_that_fails_is_told(tmp_path: Path) -> None:
    """The last line that a failing command said is what the trouble is."""
    outcome = run_trial(Trial("edges", "nonsense", 1, 100, {"companies": []}), tmp_path)

    assert "companies" in outcome.trouble
    assert not outcome.green
