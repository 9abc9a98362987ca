"""Decides which requests the server takes: keys, tickets, rates, costs, memory, readiness.

Knows clients and bytes.  Must not know journals, blocks or streams.
"""
