"""The numbered log of announcements."""

from __future__ import annotations

import pytest

from datasynth.service.streams.notices import NoticeLog, NoticeType


@pytest.mark.parametrize(
    ("after", "expected"), [(0, [1, 2, 3]), (1, [2, 3]), (3, []), (99, []), (-5, [1, 2, 3])]
)
def test_since_lists_what_is_newer(after: int, expected: list[int]) -> None:
    """A reader gets the notices after the one that it had last, in order."""
    log = NoticeLog()
    for word in ("one", "two", "three"):
        log.add(NoticeType.WARNING, word, used_bytes=1)

    assert expected == [notice.number for notice in log.since(after)]
    assert {"used_bytes": 1} == log.since(2)[0].fields if after == 1 else True


def test_log_is_bounded() -> None:
    """Only the newest are remembered; their numbers go on."""
    log = NoticeLog(2)
    for _ in range(5):
        log.add(NoticeType.PAUSED, "again")

    assert [4, 5] == [notice.number for notice in log.since(0)]
    assert 5 == log.last
