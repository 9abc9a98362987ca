"""Closes that triggers insert, and where they go into the journal."""
