"""The API tokens page, a token's pages, and what is done there."""
