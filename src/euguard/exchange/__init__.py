"""The path of one request, the heart; read run.py first."""
