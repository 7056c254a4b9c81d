"""The rules of tokens: which fields there are, states, expiry, limits, the form of the value.

What a name or a description may contain is in `server/domain/text`.
Whether a value may pass is judged in `server/domain/verification`.
"""
