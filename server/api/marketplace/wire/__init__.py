"""Objects and request bodies as the Marketplace's clients read and send them.

The OpenAPI document publishes the docstrings of their classes.
"""
