"""Streams: their life, their head, their subscribers, and how chunks are handed to readers.

Must not know downloads or reference data.
"""
