"""Streams as a service: their life, their readers, and the limits of the server.

Each folder imports only from those below it::

    services                               builds all long-lived objects
    memory_pressure                        what the server does when memory is low
    reference, downloads                   tables and ranges of a journal
    streams                                life cycle, head, subscribers, triggers
    blocks                                 computed and encoded blocks, cut into chunks
    journals                               builds, the queue of builds, the journal cache
    admission                              keys, rates, costs, memory, readiness
    threads                                thread pools, wakers, clocks, counters

The package knows configurations, journals and encoders, plain threads and an injected
clock.  It must not know Flask, gevent, gRPC, sockets, environment variables or the command
line.  It blocks a caller only through the caller's own `Waker`, so that greenlets and
threads may both call.
"""
