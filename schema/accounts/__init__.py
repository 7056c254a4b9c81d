"""Accounts and modules in GraphQL."""
