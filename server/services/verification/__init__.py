"""Verification of a value, answered from a cache where possible.

Nothing here writes to the database.
"""
