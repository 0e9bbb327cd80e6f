"""The box that the kit stands on: what is carried to it, and what it must have."""
