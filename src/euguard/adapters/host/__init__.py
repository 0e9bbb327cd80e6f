"""The host itself: what it is, and what its card can do. Reads only; changes nothing."""
