"""Entries that month, quarter and year ends add: those of the calendar and those of triggers."""
