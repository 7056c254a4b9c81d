"""Event types and records that extensions of the platform add."""
