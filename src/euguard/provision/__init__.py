"""The box: what a host is, whether it will do, what is carried to it, and what is done there."""
