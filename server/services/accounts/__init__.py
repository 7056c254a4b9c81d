"""Accounts, and the modules enabled for them.

People belong in `people`; filtered and sorted lists belong in `search`.
"""
