"""``transactions.temporal``: how entries spread over the calendar and the day."""

from __future__ import annotations

from marshmallow import ValidationError, validates_schema

from datasynth.config import model
from datasynth.config.fields import DecimalNumber, Flag, Section, WholeNumber
from datasynth.config.sections.base import SectionSchema
from datasynth.config.text_fields import OneOf


class DayOfWeekSchema(SectionSchema):
    """``transactions.temporal.day_of_week``."""

    builds = model.DayOfWeek

    monday = DecimalNumber(0, 10, "Volume of a Monday, relative to the other working days.")
    tuesday = DecimalNumber(0, 10, "Volume of a Tuesday, relative to the other working days.")
    wednesday = DecimalNumber(0, 10, "Volume of a Wednesday, relative to the other working days.")
    thursday = DecimalNumber(0, 10, "Volume of a Thursday, relative to the other working days.")
    friday = DecimalNumber(0, 10, "Volume of a Friday, relative to the other working days.")

    @validates_schema(skip_on_field_errors=True)
    def _some_day(self, data: dict[str, float], **_: object) -> None:
        if not any(data.values()):
            raise ValidationError("At least one working day must be above 0.")


class TemporalSchema(SectionSchema):
    """``transactions.temporal``."""

    builds = model.Temporal

    month_end_spike = DecimalNumber(
        1, 20, "Volume of a fiscal month's last days, as a multiple of an ordinary day's."
    )
    quarter_end_spike = DecimalNumber(
        1,
        20,
        "Volume of a fiscal quarter's last days, likewise a multiple; the highest of the three applies.",
    )
    year_end_spike = DecimalNumber(1, 20, "Volume of a fiscal year's last days, likewise a multiple.")
    period_end_days = WholeNumber(1, 15, "How many calendar days of a period's end the spikes last.")
    period_end_shape = OneOf(
        lambda: frozenset(model.PERIOD_END_SHAPES),
        f"Must be one of {', '.join(model.PERIOD_END_SHAPES)}",
        ", ".join(model.PERIOD_END_SHAPES),
        "All days of a period's end alike, or rising towards the last.",
    )
    period_end_manual_factor = DecimalNumber(
        1, 5, "How many times as often as otherwise a document of a period's last days is entered by hand."
    )
    period_end_overtime = DecimalNumber(
        0, 1, "Share of what is entered by hand on a period's last days that is entered in the evening."
    )
    weekend_activity = DecimalNumber(
        0, 1, "Volume of a Saturday or Sunday, as a share of an ordinary day's; 0 leaves them empty."
    )
    holiday_activity = DecimalNumber(0, 1, "Volume of a legal holiday, as a share of an ordinary day's.")
    industry_seasonality = Flag("Whether months are as busy as is usual in the industry, or all alike.")
    day_of_week = Section(DayOfWeekSchema, "How busy Monday to Friday are; at least one is above 0.")
