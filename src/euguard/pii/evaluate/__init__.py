"""How well personal data is found: samples, measures with their uncertainty, the recall card."""
