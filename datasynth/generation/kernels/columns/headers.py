"""Header columns of placed entries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from datasynth.generation.kernels.columns.vendor_numbers import billing_age
from datasynth.generation.kernels.draws import below, draw
from datasynth.generation.kernels.schedule.wrong_documents import WRONG
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from datasynth.generation.kernels.columns.block_columns import EntryColumns, EntryFacts
    from datasynth.generation.kernels.columns.vendor_numbers import VendorStyles
    from datasynth.generation.kernels.schedule.placements import Placements
    from datasynth.kernel import Records

DAY_SECONDS = 86_400
SEGMENT_BITS = 6
"""The time of day is interpolated over ``2 ** SEGMENT_BITS`` segments of a day part."""

CREATED = np.uint64(2)
CREATOR = np.uint64(3)
APPROVER = np.uint64(4)
DELAY = np.uint64(5)
AGE = np.uint64(6)

# Version 8 and variant 10 of a UUID (RFC 9562, sections 4.1 and 4.2).
_VERSION_MASK = np.uint64(0xFFFFFFFFFFFF0FFF)
_VERSION = np.uint64(0x0000000000008000)
_VARIANT_MASK = np.uint64(0x3FFFFFFFFFFFFFFF)
_VARIANT = np.uint64(0x8000000000000000)
NUMBER_BITS = 40
"""An entry's `identity` is its series, shifted by so many bits, plus its number."""

MORE_BITS = 58
"""What a number has above `NUMBER_BITS` is shifted by so many bits: an identity holds numbers below 2^46."""

VERSION_BITS = 56
"""Wrong documents and reversals add their version, shifted by so many bits, to the right one's `identity`."""

_WORD = 1 << 32

_DELAY_SECONDS = np.uint64(14_400)
"""Approvals come within four hours; our choice. [s]"""


class Staff(NamedTuple):
    """Users who enter and approve documents.

    Attributes
    ----------
    first : (companies, roles) int32
        First user of each role.
    size : (roles,) int32
        Number of users of a role in each company.
    limits : (companies, levels) int64
        Approval limits, ascending: amounts above one need the approver of its level. [minor units]
    approver : (levels,) int8
        Role that approves at each level.
    by_hand : (sources,) int8
        Whether a person enters documents of the source; only these need approval.
    """

    first: NDArray[np.int32]
    size: NDArray[np.int32]
    limits: NDArray[np.int64]
    approver: NDArray[np.int8]
    by_hand: NDArray[np.int8]


@kernel
def identity(series: int, number: int) -> np.uint64:
    """Return the number that identifies an entry in its journal."""
    # Nearly all numbers have up to 40 binary digits; what more they have goes above the version.
    more = np.uint64(number) >> np.uint64(NUMBER_BITS)
    low = np.uint64(number) & np.uint64((1 << NUMBER_BITS) - 1)
    return (more << np.uint64(MORE_BITS)) + (np.uint64(series) << np.uint64(NUMBER_BITS)) + low


@kernel
def identity_of_version(series: int, number: int, version: int) -> np.uint64:
    """Return the identity of a version of a case's document; see `Placements`."""
    return identity(series, number) + (np.uint64(version) << np.uint64(VERSION_BITS))


@kernel
def uuid_high(key: np.uint64, entry: np.uint64) -> np.uint64:
    """Return the upper half of an entry's UUID, of version 8 (RFC 9562)."""
    return (draw(key, entry, np.uint64(0)) & _VERSION_MASK) | _VERSION


@kernel
def uuid_low(key: np.uint64, entry: np.uint64) -> np.uint64:
    """Return the lower half of an entry's UUID."""
    return (draw(key, entry, np.uint64(1)) & _VARIANT_MASK) | _VARIANT


@kernel
def time_of_day(slot: int, slots: int, bits: np.uint64, table: NDArray[np.int32]) -> np.int64:
    """Return when the document in a slot is entered, never before that of an earlier slot. [s]"""
    # Fixed point with 32 binary digits.
    share: np.uint64
    if slots <= _WORD:
        share = ((np.uint64(slot) << np.uint64(32)) + (bits >> np.uint64(32))) // np.uint64(slots)
    else:
        # Of more slots, 16 digits at a time: slots are below 2^48.
        upper = np.uint64(slot) << np.uint64(16)
        left = upper % np.uint64(slots)
        lower = ((left << np.uint64(16)) + (bits >> np.uint64(48))) // np.uint64(slots)
        share = ((upper // np.uint64(slots)) << np.uint64(16)) + lower
    segment = share >> np.uint64(32 - SEGMENT_BITS)
    rest = np.int64(share & np.uint64((1 << (32 - SEGMENT_BITS)) - 1))
    span = np.int64(table[segment + np.uint64(1)]) - np.int64(table[segment])
    return np.int64(table[segment]) + ((span * rest) >> (32 - SEGMENT_BITS))


@kernel
def document_age(
    id_key: np.uint64, key: np.uint64, profile: np.record, styles: VendorStyles, partner: int, posted: int
) -> np.int64:
    """Return the days from document to posting of an entry with the identity `key`."""
    if 0 <= profile.reference < styles.size and partner >= 0:
        return np.int64(billing_age(styles, partner, posted, profile.age))
    # Uniform over 0 … age days.
    return np.int64(below(draw(id_key, key, AGE), np.uint64(profile.age) + np.uint64(1)))


@kernel
def fill_dates(
    first_day: int,
    id_key: np.uint64,
    days: Records,
    times: NDArray[np.int32],
    profile_table: Records,
    styles: VendorStyles,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Fill UUIDs, fiscal periods and dates, see `BlockTables`; one turn is one entry."""
    place_series, number, place_day = placements.series, placements.number, placements.day
    day_at, profile_at = placements.day.view(np.uint32), facts.profile.view(np.uint32)
    slot, slots, partner = placements.slot, placements.slots, facts.partner
    id_high, id_low, created_at = entries.id_high, entries.id_low, entries.created_at
    fiscal_year, fiscal_period = entries.fiscal_year, entries.fiscal_period
    posting_day, document_day = entries.posting_day, entries.document_day
    for entry in range(len(place_series)):
        key = identity_of_version(place_series[entry], number[entry], placements.version[entry])
        profile, day = profile_table[profile_at[entry]], days[day_at[entry]]
        posted = first_day + place_day[entry]
        id_high[entry] = uuid_high(id_key, key)
        id_low[entry] = uuid_low(id_key, key)
        fiscal_year[entry] = day.year
        fiscal_period[entry] = profile.period if profile.period > 0 else day.period
        posting_day[entry] = posted
        document_day[entry] = posted - document_age(id_key, key, profile, styles, partner[entry], posted)
        if placements.version[entry] == WRONG:
            right, of_right = (
                first_day + placements.right_day[entry],
                identity(place_series[entry], number[entry]),
            )
            right -= document_age(id_key, of_right, profile, styles, partner[entry], right)
            # A wrong document has another date, in case nothing else is wrong.
            if document_day[entry] == right:
                document_day[entry] += 1 if right < posted else -1
        part_times = times[np.uintp(profile.day_part), np.uintp(day.at_end)]
        created_at[entry] = np.int64(posted) * DAY_SECONDS + time_of_day(
            slot[entry], slots[entry], draw(id_key, key, CREATED), part_times
        )


@kernel
def fill_people(
    id_key: np.uint64,
    staff: Staff,
    profile_table: Records,
    placements: Placements,
    facts: EntryFacts,
    entries: EntryColumns,
) -> None:
    """Fill who entered and who approved; one turn is one entry.

    `company`, `source`, `created_at` and the totals must be filled already.
    """
    place_series, number, total = placements.series, placements.number, facts.total
    profile_at, created_at = facts.profile.view(np.uint32), entries.created_at
    company_of, source = entries.company.view(np.uint16), entries.source.view(np.uint8)
    created_by, approved_by, approved_at = entries.created_by, entries.approved_by, entries.approved_at
    first, size, limits, approver, by_hand = staff
    for entry in range(len(place_series)):
        key = identity_of_version(place_series[entry], number[entry], placements.version[entry])
        profile, company = profile_table[profile_at[entry]], company_of[entry]
        by_person = by_hand[source[entry]]
        role = np.uintp(profile.hand if by_person else profile.program)
        chosen = below(draw(id_key, key, CREATOR), np.uint64(size[role]))
        created_by[entry] = first[company, role] + np.int64(chosen)
        approved_by[entry], approved_at[entry] = -1, -1
        level = -1
        if by_person:
            for step in range(limits.shape[1]):
                if total[entry] > limits[company, step]:
                    level = step
        if level >= 0:
            approving = np.uintp(approver[level])
            # Nobody approves an entry of their own role; the highest role does it instead.
            if approving == role:
                approving = np.uintp(approver[len(approver) - 1])
            picked = below(draw(id_key, key, APPROVER), np.uint64(size[approving]))
            approved_by[entry] = first[company, approving] + np.int64(picked)
            wait = below(draw(id_key, key, DELAY), _DELAY_SECONDS)
            approved_at[entry] = created_at[entry] + np.int64(wait)
