"""The rules of tokens: fields, states, expiry, limits, and the form of the value.

Whether a value may pass is judged in `server/domain/verification`.
"""
