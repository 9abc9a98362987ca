"""What month, quarter and year ends add: by the calendar, and when a trigger calls for it."""
