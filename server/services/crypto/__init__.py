"""The key ring and password hashing.

Raw keys stay in this room; callers only get digests, signatures and sealed values.
"""
