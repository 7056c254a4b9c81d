"""Logos, stored under the hash of their content.

Only re-encoded images are kept or served, never an upload as it arrived.
"""
