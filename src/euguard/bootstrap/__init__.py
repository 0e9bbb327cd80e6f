"""Settings in, wired objects out: the only package that names adapters.

Adapters are imported when something is wired, so that the base install (which verifies exports
and checks policies) starts fast and needs none of their libraries.
"""
