"""Detection of personal data in its own processes; Presidio for whoever brings recognisers."""
