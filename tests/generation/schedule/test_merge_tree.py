"""The trees that order a day."""

from __future__ import annotations

import pytest

from datasynth.generation.schedule.document_series import DocumentSeries, SeriesKind, make_series
from datasynth.generation.schedule.merge_tree import MergeTree, make_merge_tree
from datasynth.ledger.processes import DayPart
from tests.generation.configs import make_config


def series_under(tree: MergeTree, node: int) -> list[int]:
    """List the series under a node, from left to right."""
    if tree.series[node] >= 0:
        return [int(tree.series[node])]
    return series_under(tree, int(tree.left[node])) + series_under(tree, int(tree.right[node]))


def depth(tree: MergeTree, node: int) -> int:
    """Count the nodes on the longest way down."""
    if tree.series[node] >= 0:
        return 1
    return 1 + max(depth(tree, int(tree.left[node])), depth(tree, int(tree.right[node])))


@pytest.mark.parametrize("companies", [1, 2, 5])
def test_each_band_s_tree_has_its_series_in_order(companies: int) -> None:
    """From left to right a day part's tree has its series as they are sorted."""
    all_series = make_series(make_config(companies=companies))
    tree = make_merge_tree(all_series, len(DayPart))
    for day_part in DayPart:
        mine = [at for at, series in enumerate(all_series) if series.day_part == day_part]
        assert mine == series_under(tree, int(tree.roots[day_part]))


def test_groups_have_a_node_of_their_own() -> None:
    """The node marked with a group has exactly the group's series under it."""
    kinds = [(0, "SA"), (0, "SA"), (0, "SR"), (1, "SA"), (1, "SA"), (1, "SA"), (1, "ZB"), (2, "SA")]
    all_series = [
        DocumentSeries(company, DayPart.DAY, document_type, SeriesKind.SINGLE, company, case)
        for case, (company, document_type) in enumerate(kinds)
    ]
    tree = make_merge_tree(all_series, len(DayPart))
    marked = {int(group): node for node, group in enumerate(tree.group) if group >= 0}

    assert set(range(tree.groups)) == set(marked)
    assert [0, 0, 1, 2, 2, 2, 3, 4] == tree.series_group.tolist()
    for group, node in marked.items():
        under = series_under(tree, node)
        assert [group] * len(under) == tree.series_group[under].tolist()
        assert 1 == len({all_series[at].group for at in under})
        assert sum(series.group == all_series[under[0]].group for series in all_series) == len(under)


def test_numbers_count_over_company_and_type() -> None:
    """Groups of one company and type in different day_parts count together, all others by themselves."""
    posted = [
        (DayPart.NIGHT, 0, "SA"),
        (DayPart.NIGHT, 0, "ZI"),
        (DayPart.DAY, 0, "ZI"),
        (DayPart.DAY, 1, "ZI"),
    ]
    all_series = [
        DocumentSeries(company, day_part, kind, SeriesKind.SINGLE, company)
        for day_part, company, kind in posted
    ]

    assert [0, 1, 1, 2] == make_merge_tree(all_series, len(DayPart)).numbered.tolist()


def test_types_in_two_bands_count_together() -> None:
    """Of all series of a configuration, those that share a count have one company and type, and no others."""
    all_series = make_series(make_config(companies=3))
    tree = make_merge_tree(all_series, len(DayPart))
    counted: dict[int, set[tuple[int, str]]] = {}
    for at, series in enumerate(all_series):
        count = int(tree.numbered[tree.series_group[at]])
        counted.setdefault(count, set()).add((series.company, series.document_type))

    assert {1} == {len(found) for found in counted.values()}
    assert (
        len(counted) == len({(series.company, series.document_type) for series in all_series}) < tree.groups
    )


def test_children_come_before_their_parents() -> None:
    """One pass over the nodes in order can add up counts; series have no children."""
    all_series = make_series(make_config(companies=4))
    tree = make_merge_tree(all_series, len(DayPart))
    for node in range(len(tree.left)):
        if tree.series[node] >= 0:
            assert (-1, -1) == (tree.left[node], tree.right[node])
        else:
            assert 0 <= tree.left[node] < node
            assert 0 <= tree.right[node] < node
    assert len(all_series) == sum(tree.series >= 0)


def test_trees_are_shallow() -> None:
    """The way down is logarithmic in the number of series, fifty companies included."""
    companies = [
        DocumentSeries(company, DayPart.DAY, "SA", SeriesKind.SINGLE, company) for company in range(50)
    ]
    tree = make_merge_tree(companies, len(DayPart))

    assert depth(tree, int(tree.roots[DayPart.DAY])) <= 7


def test_bands_without_series_have_no_tree() -> None:
    """A day_part in which nothing is posted has no root; one series alone is its root and its group."""
    tree = make_merge_tree([DocumentSeries(0, DayPart.EVENING, "SB", SeriesKind.CLOSE, 0)], len(DayPart))

    assert [-1, -1, 0, -1] == tree.roots.tolist()
    assert ([0], [0], 1) == (tree.group.tolist(), tree.series_group.tolist(), tree.groups)
