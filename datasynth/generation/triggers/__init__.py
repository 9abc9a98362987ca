"""Calls: closes that a trigger calls for, and where they go into the journal."""
