"""What the server lets in and what it may cost: keys, tickets, rates, costs, memory, readiness.

Knows clients and bytes.  Must not know journals, blocks or streams.
"""
