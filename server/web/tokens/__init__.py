"""The API tokens page, the pages of a token, and the actions on tokens.

Rules of tokens belong in `server/services/tokens`.
"""
