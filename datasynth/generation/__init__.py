"""The computed journal: from an entry's number to the entry.

Everything is a pure function of configuration, seed and trigger log: no state between
calls, no clock, no threads, no transports.
"""
