"""People in GraphQL."""
