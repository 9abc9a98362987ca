"""The computed journal: from an entry's number to the entry.

Pure functions of configuration, seed and trigger log.  Nothing here holds state
between calls, reads a clock, starts a thread or knows how entries travel.
"""
