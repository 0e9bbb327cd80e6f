"""The box: what a host is, whether it will do, and what is carried to it."""
