"""Blocks of a journal: computed on native threads, encoded, cached, and cut into chunks for readers.

Must not know streams.
"""
