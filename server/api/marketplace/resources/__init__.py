"""The operations on each resource."""
