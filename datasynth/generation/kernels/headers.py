"""Header columns of placed entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from datasynth.generation.kernels.draws import below, draw
from datasynth.kernel import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

DAY_SECONDS = 86_400
SEGMENT_BITS = 6
"""The time of day in a part of it is a line through ``2 ** SEGMENT_BITS`` segments."""

CREATED = np.uint64(2)
CREATOR = np.uint64(3)
APPROVER = np.uint64(4)
DELAY = np.uint64(5)
AGE = np.uint64(6)

_VERSION_MASK = np.uint64(0xFFFFFFFFFFFF0FFF)
_VERSION = np.uint64(0x0000000000008000)
_VARIANT_MASK = np.uint64(0x3FFFFFFFFFFFFFFF)
_VARIANT = np.uint64(0x8000000000000000)
_SERIES_BITS = np.uint64(40)
_DELAY_SECONDS = np.uint64(14_400)


@kernel
def identity(series: int, number: int) -> np.uint64:
    """Return what tells an entry from all others of its journal."""
    return (np.uint64(series) << _SERIES_BITS) + np.uint64(number)


@kernel
def uuid_high(key: np.uint64, who: np.uint64) -> np.uint64:
    """Return the upper half of an entry's UUID, of version 8 (RFC 9562)."""
    return (draw(key, who, np.uint64(0)) & _VERSION_MASK) | _VERSION


@kernel
def uuid_low(key: np.uint64, who: np.uint64) -> np.uint64:
    """Return the lower half of an entry's UUID."""
    return (draw(key, who, np.uint64(1)) & _VARIANT_MASK) | _VARIANT


@kernel
def time_of_day(slot: int, slots: int, bits: np.uint64, table: NDArray[np.int32]) -> np.int64:
    """Return when the document in a slot is entered; later slots are never earlier. [s]"""
    share = ((np.uint64(slot) << np.uint64(32)) + (bits >> np.uint64(32))) // np.uint64(slots)
    segment = np.int64(share >> np.uint64(32 - SEGMENT_BITS))
    rest = np.int64(share & np.uint64((1 << (32 - SEGMENT_BITS)) - 1))
    span = np.int64(table[segment + 1]) - np.int64(table[segment])
    return np.int64(table[segment]) + ((span * rest) >> (32 - SEGMENT_BITS))


@kernel
def fill_dates(
    first_day: int,
    id_key: np.uint64,
    day: NDArray[np.int32],
    series: NDArray[np.int32],
    number: NDArray[np.int64],
    slot: NDArray[np.int64],
    slots: NDArray[np.int64],
    profile: NDArray[np.int32],
    profile_band: NDArray[np.int8],
    profile_age: NDArray[np.int8],
    profile_period: NDArray[np.int8],
    times: NDArray[np.int32],
    day_end: NDArray[np.int8],
    day_year: NDArray[np.int16],
    day_period: NDArray[np.int8],
    id_high: NDArray[np.uint64],
    id_low: NDArray[np.uint64],
    fiscal_year: NDArray[np.int16],
    fiscal_period: NDArray[np.int8],
    posting_day: NDArray[np.int32],
    document_day: NDArray[np.int32],
    created_at: NDArray[np.int64],
) -> None:
    """Fill identity and dates; one turn is one entry.

    Parameters
    ----------
    first_day
        The data set's first day. [days since 1970-01-01]
    id_key
        Key of the header draws.
    day, series, number, slot, slots
        From `fill_placements`.
    profile : (n,) int32
        Profile of each entry.
    profile_band, profile_age, profile_period : (profile_table,) int8
        DayPart, most days between document and posting, fixed period or 0.
    times : (day_parts, 2, 2 ** SEGMENT_BITS + 1) int32
        Time of day by share of the day part, on other days and on the last of a period. [s]
    day_end : (days,) int8
        1 on the last days of a period.
    day_year, day_period : (days,) int16, int8
        Fiscal year and period of each day.
    id_high … created_at
        Outputs; see `Block`.
    """
    for entry in range(len(day)):
        who = identity(series[entry], number[entry])
        which = profile[entry]
        posted = first_day + day[entry]
        id_high[entry] = uuid_high(id_key, who)
        id_low[entry] = uuid_low(id_key, who)
        fiscal_year[entry] = day_year[day[entry]]
        fixed = profile_period[which]
        fiscal_period[entry] = fixed if fixed > 0 else day_period[day[entry]]
        posting_day[entry] = posted
        age = below(draw(id_key, who, AGE), np.uint64(profile_age[which]) + np.uint64(1))
        document_day[entry] = posted - np.int64(age)
        created_at[entry] = np.int64(posted) * DAY_SECONDS + time_of_day(
            slot[entry],
            slots[entry],
            draw(id_key, who, CREATED),
            times[profile_band[which], day_end[day[entry]]],
        )


@kernel
def fill_people(
    id_key: np.uint64,
    series: NDArray[np.int32],
    number: NDArray[np.int64],
    company: NDArray[np.int16],
    profile: NDArray[np.int32],
    total: NDArray[np.int64],
    created_at: NDArray[np.int64],
    source: NDArray[np.int8],
    profile_hand: NDArray[np.int8],
    profile_program: NDArray[np.int8],
    source_by_hand: NDArray[np.int8],
    role_first: NDArray[np.int32],
    role_size: NDArray[np.int32],
    limits: NDArray[np.int64],
    approver_role: NDArray[np.int8],
    created_by: NDArray[np.int32],
    approved_by: NDArray[np.int32],
    approved_at: NDArray[np.int64],
) -> None:
    """Fill who entered and who approved; one turn is one entry.

    Parameters
    ----------
    id_key
        Key of the header draws.
    series, number, company, profile, created_at
        Of each entry.
    total : (n,) int64
        Sum of the debits in company currency. [minor units]
    source : (n,) int8
        Code of the source.
    profile_hand, profile_program : (profile_table,) int8
        Which person and which program enters it.
    source_by_hand : (sources,) int8
        Whether a person enters documents of the source; then amounts need approval.
    role_first, role_size : (companies, roles) and (roles,) int32
        First user of each role in each company, and how many there are.
    limits : (companies, calibration) int64
        Above each, the next approver is needed. [minor units]
    approver_role : (calibration,) int8
        Role that approves at each level.
    created_by, approved_by, approved_at
        Outputs; see `Block`.
    """
    for entry in range(len(series)):
        who = identity(series[entry], number[entry])
        which = profile[entry]
        owner = company[entry]
        by_hand = source_by_hand[source[entry]]
        role = profile_hand[which] if by_hand else profile_program[which]
        chosen = below(draw(id_key, who, CREATOR), np.uint64(role_size[role]))
        created_by[entry] = role_first[owner, role] + np.int64(chosen)
        approved_by[entry] = -1
        approved_at[entry] = -1
        if by_hand:
            level = -1
            for step in range(limits.shape[1]):
                if total[entry] > limits[owner, step]:
                    level = step
            if level >= 0:
                boss = approver_role[level]
                # Nobody approves an entry of their own: the highest role decides for the rest.
                if boss == role:
                    boss = approver_role[len(approver_role) - 1]
                picked = below(draw(id_key, who, APPROVER), np.uint64(role_size[boss]))
                approved_by[entry] = role_first[owner, boss] + np.int64(picked)
                wait = below(draw(id_key, who, DELAY), _DELAY_SECONDS)
                approved_at[entry] = created_at[entry] + np.int64(wait)
