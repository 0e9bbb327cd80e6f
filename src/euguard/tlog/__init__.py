"""Log maths: pure functions on bytes, after the C2SP specifications."""
