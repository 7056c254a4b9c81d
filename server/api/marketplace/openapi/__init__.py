"""The OpenAPI document and the page that shows it, generated from the operations.

Nothing here may describe an operation by hand.
"""
