"""Tests of the room `rate_limits`."""
