"""Compiled loops of the schedule: counts, the order of a day, placements and numbers."""
