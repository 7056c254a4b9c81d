"""HTTP interfaces for programs, except GraphQL: verification, REST, metrics, health.

It may not import another face.
"""
