"""Downloads: fixed ranges of journals for clients, and their sizes.

Knows streams, whose journals it reads.
"""
