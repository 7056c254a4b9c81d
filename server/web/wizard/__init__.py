"""The wizard that adds an API token."""
