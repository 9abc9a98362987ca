"""Streams as a service: who runs, how far, who reads, and what may not be exceeded.

Each folder imports only from those that stand below it::

    services                               builds everything and holds it together
    memory_pressure                        what is done when memory is low
    reference, downloads                   tables and ranges of a journal
    streams                                life cycle, head, subscribers, triggers
    blocks                                 computed and encoded blocks, cut into chunks
    journals                               builds, the queue of builds, the journal cache
    admission                              keys, rates, costs, memory, readiness
    threads                                thread pools, wakers, clocks, counters

Knows configurations, journals and encoders, plain threads and an injected
clock.  Must not know Flask, gevent, gRPC, sockets, environment variables or the
command line.  Nothing here blocks its caller except through a `Waker` that the
caller hands in, so that greenlets and threads may both call.
"""
