"""Downloads: a fixed range of a journal on its way to one client, and its size.

Knows streams, whose journals it reads.
"""
