"""Revisions of the database, each a file under versions/; run by schema.py."""
