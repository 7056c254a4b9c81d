"""What every room of the schema builds on: context, errors, scalars, connections, declarations.

No noun of the product belongs here.
"""
