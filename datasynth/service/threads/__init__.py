"""Native threads, and how work is handed to them: thread pools, wakers, the ticker, the clock.

Knows nothing of journals and streams.
"""
