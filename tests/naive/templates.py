"""Templates and jitters of cases, and the split of amounts over lines, by hand."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from datasynth.generation.draws import draw
from datasynth.generation.schedule.document_series import SeriesKind
from datasynth.generation.templates.pools import template_pool_key
from tests.naive.drawn_amounts import (
    WRONG_AMOUNTS,
    WRONG_BANK,
    draws_amount,
    posted_drawn,
    template_drawn,
)

if TYPE_CHECKING:
    from datasynth.generation.journal_plan import JournalPlan

CLASSES = 64
UNIT = 32
WORD = 1 << 64
GAMMA = 0x9E3779B97F4A7C15
SECOND = 0x94D049BB133111EB
STRIDE = 0xD1B54A32D192ED03
APART, OTHER_JITTER = 0x9F4A7C15D1B54A33, 0xC2B2AE3D27D4EB4F
SHARED = 0xD6E8FEB86659FD93
WRONG, REVERSAL = 1, 2


def mixed(value: int) -> int:
    """Scramble 64 bits, as SplitMix64 does."""
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) % WORD
    value = ((value ^ (value >> 27)) * SECOND) % WORD
    return value ^ (value >> 31)


def ordered(bits: int, size: int) -> list[int]:
    """Put 0 … size - 1 into a drawn order: four rounds, each on all of them."""
    digits = size.bit_length() - 1
    order = list(range(size))
    for _ in range(4):
        factor, added = bits % size | 1, bits >> 5
        order = [(number * factor + added) % size for number in order]
        order = [number ^ (number >> (digits + 1) // 2) for number in order]
        bits >>= 10
    return order


def dealt(key: int, number: int, nth_pass: int, class_templates: int) -> list[int]:
    """Return the templates of a class in the order in which a pass takes them."""
    size = min(UNIT, class_templates)
    bits = draw(key, nth_pass * CLASSES + number, 0)
    return [
        number * class_templates + unit * size + member
        for unit in ordered(bits, class_templates // size)
        for member in ordered((bits ^ GAMMA * (unit + 1) % WORD) * SECOND % WORD >> 24, size)
    ]


def taken(key: int, case: int, class_templates: int) -> int:
    """Take a template by hand: each pass goes through all templates of the class."""
    nth, number = divmod(case, CLASSES)
    nth_pass, place = divmod(nth, class_templates)
    return dealt(key, number, nth_pass, class_templates)[place]


def jittered(key: int, nth_pass: int, templates: int, ring: tuple[int, int, int]) -> int:
    """Draw a jitter by hand: a template's number less that of the next; `ring` is both and the most."""
    template, following, most = ring
    own, other = (
        (draw(key, nth_pass * templates + place, 1) >> 32) * (most + 1) >> 32
        for place in (template, following)
    )
    return own - other


def takes(plan: JournalPlan, at: int, number: int) -> tuple[int, int]:
    """Return key and number by which a case is dealt its template, by counting the cases before it.

    Cases of a class with a wrong document are dealt templates apart from those without.
    """
    key, others = int(plan.series.dealing_key[at]), dealt_before(plan, at)
    wrong, place = counted(plan, at, number)
    return key ^ wrong * APART, others + place


def counted(plan: JournalPlan, at: int, number: int) -> tuple[int, int]:
    """Say whether a case has a wrong document, and number it among those like it, by counting them."""
    series = plan.schedule.document_series[at]
    if series.kind is not SeriesKind.CASE:
        return 0, number
    thinning = plan.schedule.wrong.thinning[series.case_company, series.case, number % CLASSES]
    counts, upto = [0, 0], int(thinning.phase)
    for _ in range(number // CLASSES + 1):
        upto += int(thinning.chance)
        wrong = upto >> 16
        upto -= wrong << 16
        counts[wrong] += 1
    return wrong, (counts[wrong] - 1) * CLASSES + number % CLASSES


def drawing(plan: JournalPlan, at: int, number: int) -> int:
    """Return the case whose amount a case has: itself, or in an amount pool the one that it takes."""
    bits = int(plan.series.pool_bits[at])
    if bits < 0:
        return number
    wrong, place = counted(plan, at, number)
    return taken(int(plan.series.key[at]) ^ SHARED ^ wrong * APART, place, 1 << bits)


def dealt_before(plan: JournalPlan, at: int) -> int:
    """Count the cases of other companies that come before a series' first in their pool, class by class."""
    mine = plan.schedule.document_series[at]
    pool = template_pool_key(plan.config, mine)
    counts: dict[int, int] = {}
    for number, series in enumerate(plan.schedule.document_series):
        if not series.in_cases or series.case_company >= mine.case_company:
            continue
        if template_pool_key(plan.config, series) == pool:
            starts = plan.schedule.starts[series.case_company, series.case]
            single = series.kind is SeriesKind.SINGLE
            counts[series.case_company] = int(plan.schedule.before[-1, number] if single else starts[-1])
    return sum(-(-count // CLASSES) * CLASSES for count in counts.values())


def template_and_jitter(plan: JournalPlan, at: int, number: int, version: int = 0) -> tuple[int, int]:
    """Return the template of a series' case or single document, and its jitter steps."""
    if draws_amount(plan, at):
        return template_drawn(plan, at, drawing(plan, at, number)), 0
    key, place = takes(plan, at, number)
    template = taken(key, place, 1 << int(plan.series.class_bits[at]))
    _, following, most = _ring(plan, at, template)
    if version == 0 or plan.series.mistake[at] != WRONG_AMOUNTS:
        return template, _jitter(plan, at, (key, place), template)
    if most == 0:
        # Another transaction was entered.
        return following, 0
    # The price or the quantity is wrong.
    return template, _jitter(plan, at, (key ^ OTHER_JITTER, place), template)


def _ring(plan: JournalPlan, at: int, template: int) -> tuple[int, int, int]:
    ring = plan.template_lines.rings[int(plan.series.first_ring[at]) + template]
    return template, int(ring.next), int(ring.most)


def _jitter(plan: JournalPlan, at: int, taking: tuple[int, int], template: int) -> int:
    key, place = taking
    templates = CLASSES << int(plan.series.class_bits[at])
    return jittered(key, place // templates, templates, _ring(plan, at, template))


def split_by_hand(key: int, case: int, split: int, amount: int, parts: int) -> list[int]:
    """Share an amount among lines: one minor unit each, and of the rest what each draws of what is left."""
    state = draw(key, case, 8) + GAMMA * split
    left = (parts << 32) // (parts + 3) if split % 16 == 0 else 1 << 32
    spare = amount - parts
    rests = [spare]
    for line in range(1, parts):
        to_come = parts - line + 1
        one, other = divmod(mixed((state + STRIDE * line) % WORD), 1 << 32)
        share = min(one, other) if to_come == 3 else (one + other) // 2
        if to_come > 3:
            share = 4 * ((one * sum(divmod(other, 1 << 16)) >> 17) // to_come)
        left -= left * share >> 32
        rests.append(spare * left >> 32)
    return [before - after + 1 for before, after in pairwise([*rests, 0])]


def mistaken(plan: JournalPlan, at: int, account: int, version: int) -> int:
    """Return the account of a line, which wrong documents and their reversals may have mistaken."""
    if version and plan.series.mistake[at] == WRONG_BANK and account == plan.chart.only("bank"):
        return plan.chart.only("payroll_bank")
    return account


def is_debit(plan: JournalPlan, at: int, posting: int, version: int) -> bool:
    """Tell whether a posting of a series' document is a debit; reversals have the sides changed."""
    return (posting < len(plan.schedule.document_series[at].posted.debit)) != (version == REVERSAL)


def posted_to(plan: JournalPlan, at: int, number: int, version: int = 0) -> list[tuple[int, int, int]]:
    """Return account, posting and amount of the lines of a series' document, debits first.

    A document that settles one in foreign currency has amounts of that one's currency.
    """
    found = [
        (mistaken(plan, at, account, version), posting, amount)
        for account, posting, amount in _copied(plan, at, number, version)
    ]
    return sorted(found, key=lambda line: not is_debit(plan, at, line[1], version))


def _copied(plan: JournalPlan, at: int, number: int, version: int) -> list[tuple[int, int, int]]:
    """Return the lines as the template has them."""
    template, jitter = template_and_jitter(plan, at, number, version)
    rows, key = plan.template_lines.rows, int(plan.series.key[at])
    row = int(plan.series.row[at]) + template
    if draws_amount(plan, at):
        accounts = rows.account[rows.offsets[row] : rows.offsets[row + 1]].tolist()
        postings = posted_drawn(plan, at, drawing(plan, at, number), version)
        return [(account, *posted) for account, posted in zip(accounts, postings, strict=True)]
    found = []
    for line in range(int(rows.offsets[row]), int(rows.offsets[row + 1])):
        amount = int(rows.amount[line]) + jitter * int(rows.jitter_unit[line])
        parts = int(rows.parts[line])
        split = [amount]
        if parts > 1:
            split = split_by_hand(key, number, int(rows.split[line]), amount, parts)
        found += [(int(rows.account[line]), int(rows.posting[line]), part) for part in split]
    return found


def posted(plan: JournalPlan, at: int, number: int, version: int = 0) -> list[tuple[int, int]]:
    """Return postings and amounts of the lines of a series' document; see `posted_to`."""
    return [(posting, amount) for _, posting, amount in posted_to(plan, at, number, version)]
