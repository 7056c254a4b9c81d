"""Signing in and out, and switching accounts.

Checking passwords and links is the services' work.
"""
