"""Random valid configurations, and whether a server generates from them what it promises.

Knows the JSON Schema of configurations and the REST API, nothing of how entries come about.
"""
