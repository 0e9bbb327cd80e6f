"""The box: what is on it, what a run would change, how a run goes, what it leaves as evidence."""
