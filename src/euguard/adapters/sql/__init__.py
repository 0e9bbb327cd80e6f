"""The database, SQLite or PostgreSQL: the log, its checkpoint and the API keys."""
