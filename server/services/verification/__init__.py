"""Verification of a value (`verifier`), answered from cached facts (`cache`) where possible.

Nothing here writes to the database.
"""
