"""Signing in and sessions: how a session begins and ends, and limits of failed attempts.

Only digests of cookies and links are stored; who a person is belongs in `people`.
"""
