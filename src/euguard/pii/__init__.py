"""The persons: what is personal data in a text, and its pseudonyms there and back."""
