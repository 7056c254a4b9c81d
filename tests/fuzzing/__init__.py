"""Schemathesis' GraphQL documents, for every operation, against a live desk."""
