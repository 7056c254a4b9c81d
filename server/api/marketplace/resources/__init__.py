"""The operations on each resource: each one calls the desk once and serializes the result.

No query and no permission check belongs here.
"""
