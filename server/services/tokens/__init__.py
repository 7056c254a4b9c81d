"""Tokens and drafts: made, changed, read, and their values kept. Lists of them are in `search`."""
