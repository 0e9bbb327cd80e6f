"""Special categories of personal data: that a text mentions such matters, and how often."""
