"""What every room of the schema builds on: context, errors, scalars, connections."""
