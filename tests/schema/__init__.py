"""Tests of the GraphQL face."""
