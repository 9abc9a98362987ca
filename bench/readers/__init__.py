"""Readers in processes of their own: they take what a server sends, count it exactly, and do nothing else.

The same reader reads our server and the bare ones; it knows neither.
"""
