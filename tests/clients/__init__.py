"""Real GraphQL clients, from PyPI and npm, against a live server."""
