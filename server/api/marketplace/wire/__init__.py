"""Objects of the Marketplace (`models`), their serializers, and request bodies (`inputs`).

The OpenAPI document publishes the docstrings of their classes.
"""
