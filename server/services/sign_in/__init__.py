"""Signing in and sessions: who has one, how it begins, how it ends."""
