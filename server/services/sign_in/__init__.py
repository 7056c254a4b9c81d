"""Signing in and sessions: how a session begins, is resumed, and ends.

Only digests of cookies and links are stored; who a person is belongs in `people`.
"""
