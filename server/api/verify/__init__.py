"""Verification for gateways and services: `/verify` and introspection.

The verdict itself is the service's and the domain's; only HTTP belongs here.
"""
