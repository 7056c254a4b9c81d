"""Tokens, drafts and their values: creating, changing, rotating, reading.

Lists with filters belong in `search`; verification belongs in `verification`.
"""
