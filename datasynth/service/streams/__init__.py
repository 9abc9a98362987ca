"""Streams: life cycle, head, subscribers, triggers and chunks for readers.

Must not know downloads or reference data.
"""
