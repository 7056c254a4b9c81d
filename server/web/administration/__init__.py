"""Accounts and their modules, for Operations."""
