"""Limits on what callers take, counted in Redis or by this process."""
