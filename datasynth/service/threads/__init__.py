"""Native threads and how work reaches them: thread pools, wakers, the ticker, the clock.

Knows nothing of journals and streams.
"""
