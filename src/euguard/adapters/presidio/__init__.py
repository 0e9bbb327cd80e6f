"""Detection of personal data in its own processes: Presidio as the frame, spaCy for names."""
