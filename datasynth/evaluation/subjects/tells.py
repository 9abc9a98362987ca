"""Shape 11: no number, cent, id or place in the day tells what becomes of a document.

Null distributions.  Of each outcome (`outcomes`), documents are cut in two by the hash of their id.
From the first half is learned what each remainder of a predictor promises, once the means of kind,
day, partner, user and size are taken off; the second half is ranked by that, within each kind.
If the predictor tells nothing, the rank of a document with the outcome is uniform: its mean, the
AUC, is ½ with a standard deviation of at most .29/√positives (.29 = 1/√12).  Where order itself is
judged nothing has to be learned.  Days to pay are correlated with the ranks instead; √n times
the correlation is standard normal.

Multiplicity.  One test would be given 3.5 standard deviations, a chance of .00047 to either side.
Of T tests each is given the quantile that one of all exceeds with `CHANCE` (Bonferroni): 5.0 of two
hundred, 5.2 of five hundred.  Tests of one outcome are correlated, since moduli divide one another; so a
pooled one takes the mean of all ranks of a document first, whose variance is measured and not assumed, and
the sum over outcomes, whose documents are others, is divided by the root of their number: 3.5 are given.
All bounds together are exceeded by chance in fewer than one in a thousand data sets.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.evaluation.check import Check, not_judged, only_from
from datasynth.evaluation.keys import key_of, mix
from datasynth.evaluation.outcomes import outcomes
from datasynth.evaluation.predictors import (
    AMOUNTS,
    IDS,
    MODULI,
    NUMBERS,
    ORDER,
    Predictor,
    groupings,
    numbers_in,
    places_of,
    predictors,
)
from datasynth.evaluation.ranks import (
    UNIFORM,
    allowed_deviations,
    centred_ranks,
    chosen_deviations,
    compact,
    learned_scores,
    left_over,
    linked_deviations,
    means_by,
    rank_links,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from datasynth.config.model import Config
    from datasynth.evaluation.arrays import Floats, Ints, Truths
    from datasynth.evaluation.dataset import Dataset
    from datasynth.evaluation.outcomes import Outcome
    from datasynth.evaluation.predictors import DayRanks

CHANCE = 0.0001
"""Chance that any of the tests by themselves exceeds its bound; likewise of partners, and of users."""

POOLED = 3.5
"""What all tests together may deviate, to either side: a chance of .00047. [standard deviations]"""

POOLED_AUC = 0.52
MANY = 5_000_000
"""Entries from which the pooled AUC is judged."""

FEWEST = 25
"""Documents with the outcome, and without, that each half needs; likewise those with known days to pay."""

FEWEST_PARTNERS = 10
MOST_RANKED = 200_000
"""Documents that are ranked: all that have the outcome, and as many others as there is room for."""

GROUPS = {
    NUMBERS: "numbers modulo 2 to 65,536",
    AMOUNTS: "amounts modulo 2 to 1,000 minor units",
    IDS: "ids of documents, partners, users and batches",
    ORDER: "the place in the day, the time of day and steps between numbers",
}


class PredictorFigure(NamedTuple):
    """One test: what was tried, by how many standard deviations it tells, and the AUC or R²."""

    outcome: str
    group: str
    predictor: str
    deviations: float
    figure: float
    size: int
    binary: bool

    @property
    def note(self) -> str:
        """What was found, for a person."""
        what = "AUC" if self.binary else "R²"
        return f"“{self.outcome}” from {self.predictor}: {what} {self.figure:.3f} of {self.size:,}"


def tell_checks(data: Dataset, config: Config) -> list[Check]:
    """Check that nothing tells of outcomes, and that ids carry no rank."""
    places = places_of(data)
    trials = [trial for outcome in outcomes(data, config) if (trial := _trial(data, outcome))]
    tested = [test for trial in trials for test in trial.tests(data, places)]
    return [
        *_single(tested),
        _days(tested),
        *_pooled(data.count, trials, tested),
        _busiest_partners(data),
        _busiest_users(data),
    ]


class _Trial:
    """An outcome, cut in two: what was learned from one half is tried on the other.

    Attributes
    ----------
    sums, counts
        By group of predictors, the sum of all ranks of each document that is ranked, and how many those are.
    """

    def __init__(self, outcome: Outcome, learn: Truths, factors: dict[str, Ints]) -> None:
        self.outcome = outcome
        self.factors = factors
        self.sums: dict[str, Floats] = {}
        self.counts: dict[str, int] = {}
        self._learn = learn
        self._left = left_over(outcome.value[learn], [factor[learn] for factor in factors.values()])
        self._strata = factors["kind"][~learn]
        value = outcome.value[~learn]
        self._kept = _kept(value > 0) if outcome.binary else np.ones(value.size, dtype=np.bool_)
        self._strata = self._strata[self._kept]
        self._chosen = value[self._kept] > 0
        judged = [factor[~learn] for factor in factors.values()]
        self._other_left = self._left[:0] if outcome.binary else left_over(value, judged)

    def tests(self, data: Dataset, places: DayRanks) -> Iterator[PredictorFigure]:
        """Yield all tests, and add up the ranks of each group; one test more for each of these."""
        for predictor in predictors(data, places, self.outcome):
            for modulus in predictor.moduli or (0,):
                yield self._test(predictor, modulus)
        yield from _actor_tests(data, self.outcome, self.factors)
        for group in self.sums:
            deviations = self.deviations([group])
            yield self._tested(
                group, "all of them together", deviations, self.sums[group] / self.counts[group]
            )

    def deviations(self, names: Sequence[str]) -> float:
        """Return the deviation of several groups of predictors together."""
        ranks = np.sum([self.sums[name] for name in names], axis=0)
        if self.outcome.binary:
            return chosen_deviations(ranks, self._chosen, self._strata)
        return linked_deviations(ranks, self._other_left)

    def auc(self) -> float:
        """Return the pooled AUC of the group that has the highest."""
        if not self.outcome.binary:
            return 0.5
        return max(
            0.5 + float(self.sums[name][self._chosen].mean()) / self.counts[name] for name in self.sums
        )

    def _test(self, predictor: Predictor, modulus: int) -> PredictorFigure:
        scores: Ints | Floats
        if modulus:
            # What has no number is a class of its own.
            residue = np.where(predictor.values < 0, modulus, predictor.values % modulus).astype(np.int64)
            scores = learned_scores(residue, modulus + 1, self._left, self._learn)
        else:
            scores = predictor.values[~self._learn]
        ranks = centred_ranks(scores[self._kept], self._strata)
        group = predictor.group
        self.sums[group] = self.sums.get(group, 0.0) + ranks
        self.counts[group] = self.counts.get(group, 0) + 1
        name = f"{predictor.name} modulo {modulus:,}" if modulus else predictor.name
        if self.outcome.binary:
            positives = int(np.count_nonzero(self._chosen))
            found = float(ranks[self._chosen].mean()) / UNIFORM * math.sqrt(positives)
        else:
            found = linked_deviations(ranks, self._other_left)
        return self._tested(group, name, found if modulus else abs(found), ranks)

    def _tested(self, group: str, name: str, deviations: float, ranks: Floats) -> PredictorFigure:
        if self.outcome.binary:
            positives = int(np.count_nonzero(self._chosen))
            auc = 0.5 + float(ranks[self._chosen].mean())
            return PredictorFigure(self.outcome.name, group, name, deviations, auc, positives, binary=True)
        explained = linked_deviations(ranks, self._other_left) ** 2 / ranks.size
        return PredictorFigure(
            self.outcome.name, group, name, deviations, explained, ranks.size, binary=False
        )


def _trial(data: Dataset, outcome: Outcome) -> _Trial | None:
    """Cut an outcome in two, unless one half has too few with or without it."""
    learn = (mix(data.entries.document_id[outcome.entry]) & np.uint64(1)) == 1
    for half in (learn, ~learn):
        happened = int(np.count_nonzero(outcome.value[half]))
        enough = min(happened, int(np.count_nonzero(half)) - happened) if outcome.binary else half.sum()
        if enough < FEWEST:
            return None
    return _Trial(outcome, learn, groupings(data, outcome))


def _kept(chosen: Truths) -> Truths:
    """Keep what is chosen, and at regular distances some of the rest, so that not too many are ranked."""
    others = np.flatnonzero(~chosen)
    room = max(MOST_RANKED - int(np.count_nonzero(chosen)), FEWEST)
    kept = chosen.copy()
    kept[others[:: max(-(-others.size // room), 1)]] = True
    return kept


def _actor_tests(data: Dataset, outcome: Outcome, factors: dict[str, Ints]) -> Iterator[PredictorFigure]:
    """Try whether the numbers of partners and of users tell of their habits, one value for each of them.

    Habits are no fault, and documents of one partner are no independent witnesses, so partners are
    ranked: half of them teach what a remainder promises, the others are tried.
    """
    entry = outcome.entry
    others = [factor for name, factor in factors.items() if name not in {"partner", "user"}]
    left = left_over(outcome.value, others)
    actors = [("id of the user", data.entries.created_by[entry], data.vocabulary.words["users"])]
    if "partner" in factors:
        partner = data.lines.partner_id[outcome.line]
        actors.append(("id of the partner", partner, data.vocabulary.words["partners"]))
    for name, code, words in actors:
        used = np.unique(code[code >= 0])
        numbers, around = numbers_in(words)
        habit = means_by(code[code >= 0].astype(np.int64), left[code >= 0], len(words))[used]
        number, strata = numbers[used], compact(around[used])
        found = rank_links(number, habit, strata).pooled
        yield _actor_test(outcome, name, abs(found), used.size)
        if used.size < 2 * FEWEST:
            continue
        learn = (mix(used.astype(np.uint64)) & np.uint64(1)) == 1
        centred = centred_ranks(habit, strata)
        for modulus in MODULI[:8]:
            scores = learned_scores(number % modulus, modulus, centred[learn], learn)
            found = rank_links(scores, habit[~learn], strata[~learn]).pooled
            yield _actor_test(outcome, f"{name} modulo {modulus:,}", found, int((~learn).sum()))


def _actor_test(outcome: Outcome, name: str, deviations: float, count: int) -> PredictorFigure:
    explained = deviations**2 / max(count - 1, 1)
    return PredictorFigure(outcome.name, IDS, name, deviations, explained, count, binary=False)


def _single(tested: list[PredictorFigure]) -> list[Check]:
    """Check, group by group, the test that tells most."""
    bound = allowed_deviations(CHANCE, len(tested))
    checks = []
    for group, what in GROUPS.items():
        mine = [test for test in tested if test.group == group]
        if not mine:
            checks.append(not_judged(f"tells.{group}", "not enough outcomes"))
            continue
        most = max(mine, key=lambda test: test.deviations)
        note = f"standard deviations, from {what}; most in {most.note}"
        checks.append(Check(f"tells.{group}", most.deviations, None, bound, note))
    return checks


def _days(tested: list[PredictorFigure]) -> Check:
    """Check what is explained of days to pay, by the test that explains most beyond its bound."""
    mine = [test for test in tested if not test.binary and not test.predictor.startswith("id of")]
    if not mine:
        return not_judged("tells.days", "not enough paid invoices")
    most = max(mine, key=lambda test: test.figure)
    return Check("tells.days", most.figure, None, 0.01 + 3 / math.sqrt(most.size), f"R²; most in {most.note}")


def _pooled(entries: int, trials: list[_Trial], tested: list[PredictorFigure]) -> list[Check]:
    """Check all tests together."""
    if not trials:
        why = "not enough outcomes"
        return [not_judged("tells.pooled", why), not_judged("tells.auc", why)]
    whole = sum(trial.deviations([*trial.sums]) for trial in trials) / math.sqrt(len(trials))
    note = f"standard deviations, of {len(tested):,} tests of {len(trials)} outcomes together"
    auc = max(trial.auc() for trial in trials)
    return [
        Check("tells.pooled", whole, -POOLED, POOLED, note),
        *only_from(MANY, entries, Check("tells.auc", auc, None, POOLED_AUC, "mean AUC of a group of tests")),
    ]


def _busiest_partners(data: Dataset) -> Check:
    """Check by company and type of partners whether the numbers in their ids follow how busy they are.

    Under the null every order of ids is as likely, so Spearman's correlation times √(partners - 1) is
    standard normal.
    """
    lines = data.lines
    there = np.flatnonzero(lines.partner_id >= 0)
    numbers, around = numbers_in(data.vocabulary.words["partners"])
    columns = (data.line_company[there], lines.partner_type[there], lines.partner_id[there])
    _, first, times = np.unique(key_of(*columns), return_index=True, return_counts=True)
    company, kind, partner = (column[first] for column in columns)
    strata = compact(key_of(company, kind, around[partner]))
    enough = (np.bincount(strata)[strata] >= FEWEST_PARTNERS) & (numbers[partner] >= 0)
    if not enough.any():
        return not_judged("tells.partners", f"no company has {FEWEST_PARTNERS} partners of a type")
    strata = compact(strata[enough])
    links = rank_links(numbers[partner][enough], times[enough], strata)
    most = float(np.abs(links.each).max())
    companies = int(strata.max()) + 1
    note = f"standard deviations; correlation of ids and entries, of {companies} lists of partners"
    return Check("tells.partners", most, None, allowed_deviations(CHANCE, companies), note)


def _busiest_users(data: Dataset) -> Check:
    """Check whether the numbers of users of one role follow how busy they are, all roles together.

    Users of different companies are not compared: ids of programs bear the company's code, and
    large companies may come first.
    """
    numbers, around = numbers_in(data.vocabulary.words["users"])
    users, first, counts = np.unique(data.entries.created_by, return_index=True, return_counts=True)
    there = (users >= 0) & (numbers[users] >= 0)
    users, times, company = users[there], counts[there], data.entries.company_code[first[there]]
    strata = compact(key_of(company, around[users]))
    found = rank_links(numbers[users], times, strata).pooled
    if users.size < 2 * FEWEST_PARTNERS:
        return not_judged(
            "tells.users", f"fewer than {2 * FEWEST_PARTNERS} users enter documents", abs(found)
        )
    note = "standard deviations; correlation of ids and entries, by role of users"
    return Check("tells.users", abs(found), None, allowed_deviations(CHANCE, 1), note)
