"""Tokens in GraphQL."""
