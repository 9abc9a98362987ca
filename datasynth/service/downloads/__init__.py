"""Downloads: a fixed range of a journal on its way to one client, and its size.

Knows streams only as names of journals.
"""
