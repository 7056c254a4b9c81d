"""Accounts, and the modules that are enabled for them."""
