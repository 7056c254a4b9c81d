"""Drafts in GraphQL."""
