"""Tokens (`mutations`) and their values (`secret_mutations`) in GraphQL.

A resolver makes one call on the desk; no rule and no query belongs here.
"""
