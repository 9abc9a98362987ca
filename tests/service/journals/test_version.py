"""Names of blocks, and when two of them are one."""

from __future__ import annotations

from datasynth.config import ConfigDocument
from datasynth.service.journals.version import JournalSpec, JournalVersion
from tests.fakes import FakeJournal

CONFIG = ConfigDocument.defaults().config


def triggered(*triggers: tuple[str, int]) -> JournalVersion:
    """Make the version that follows from some triggers."""
    journal = FakeJournal(CONFIG)
    version = JournalVersion.fresh(CONFIG, journal)
    for pattern, at_sequence in triggers:
        journal, _ = journal.trigger(pattern, at_sequence)
        version = version.triggered(pattern, at_sequence, journal)
    return version


def test_equal_versions_name_blocks_alike() -> None:
    """Equal configurations and trigger logs give equal names, others others."""
    one, same = triggered(("month_end", 5)), triggered(("month_end", 5))
    others = [triggered(), triggered(("month_end", 6)), triggered(("year_end", 5))]
    seeded = ConfigDocument.defaults().merge({"global": {"seed": 1}}).config

    assert one.fingerprint(200) == same.fingerprint(200)
    assert one.fingerprint(200) not in {other.fingerprint(200) for other in others}
    assert triggered().fingerprint(200) != JournalVersion.fresh(seeded, FakeJournal(seeded)).fingerprint(200)


def test_blocks_below_a_trigger_keep_their_names() -> None:
    """A block that ends where a package begins is the same as before; the one that holds it is not."""
    before = triggered(("month_end", 100))
    after = triggered(("month_end", 100), ("year_end", 2_000))
    same = [before.fingerprint(end) == after.fingerprint(end) for end in (1_000, 2_000, 2_001, 3_000)]

    assert [True, True, False, False] == same
    assert before.fingerprint(200) != triggered().fingerprint(200)


def test_total_and_spec_follow_the_triggers() -> None:
    """A version knows how many entries it has and what it is built from, with or without its journal."""
    version = triggered(("month_end", 100)).without_journal()

    assert 100_008 == version.total
    assert JournalSpec(CONFIG, (("month_end", 100),)) == version.spec
    assert version.journal is None
