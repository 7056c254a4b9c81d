"""Verification for gateways and services: `/verify` and introspection."""
