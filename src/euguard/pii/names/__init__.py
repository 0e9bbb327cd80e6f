"""Names of persons and places: what a model of names promises, and what is kept of its finds."""
