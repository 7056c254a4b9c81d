"""Usage in GraphQL."""
