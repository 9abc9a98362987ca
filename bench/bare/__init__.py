"""Bare servers: the same libraries sending one constant message, which is as fast as they go.

They know nothing of entries; what our server reaches of their speed is its figure.
"""
