"""The record: what an exchange leaves behind, durable before it is answered."""
