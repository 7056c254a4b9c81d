"""The verdict on a value.

Finding the token's facts is the work of `server/services/verification`.
"""
