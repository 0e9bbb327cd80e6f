"""Bundles on the disk: as one tar, or as the folder that a tar unpacks to."""
