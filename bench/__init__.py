"""Measures engine, encoders and transports on the machine that it runs on; ``python -m bench``.

It uses the package as anybody could, and starts servers as anybody would.  It
knows nothing of the tests, and nothing of the package knows it.
"""
