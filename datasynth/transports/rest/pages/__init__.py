"""The page at `/`: its files, which the server hands out, and the JavaScript client among them.

The page uses the public API alone, so nothing else of the server knows it.
"""
