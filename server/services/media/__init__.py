"""Logos, named by the hash of their content."""
