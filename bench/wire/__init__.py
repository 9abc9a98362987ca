"""Hostile bytes on the wire, and whether a server takes them calmly: a file for each protocol.

Each has a function ``run(seconds, seed, port)`` that sends until the time is over and
returns a `Report`; equal seeds send the same.  Knows the protocols, and nothing of the server
but its ports and what its calls are named.
"""
