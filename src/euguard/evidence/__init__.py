"""The papers: facts with their provenance, documents made of facts, and how they look."""
