"""Who calls: API keys, and the principal that a valid one stands for."""
