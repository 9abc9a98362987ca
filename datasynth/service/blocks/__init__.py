"""Blocks of a journal: computed on native threads, encoded, cached, and cut into chunks for a reader.

Must not know streams.
"""
