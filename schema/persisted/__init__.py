"""Persisted queries: trusted documents from the operator, and automatically persisted ones.

Nothing here executes a document.
"""
