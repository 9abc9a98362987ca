"""Streams as a service: who runs, how far, who reads, and what may not be exceeded.

Knows configurations, journals and encoders by their seams, plain threads and an
injected clock.  Must not know Flask, gevent, gRPC, sockets, environment
variables or the command line.  Nothing here blocks its caller except through a
`Waker` that the caller hands in, so that greenlets and threads may both call.
"""
