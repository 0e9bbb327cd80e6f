"""euguard: a private language model for an EU organisation, on its own server."""

__version__ = "0.1.0"
