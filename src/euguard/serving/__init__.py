"""The model: how it is served, what fits into memory, and what its engine must show."""
