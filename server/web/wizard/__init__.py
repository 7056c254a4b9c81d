"""The wizard that adds an API token: handlers of its forms, and rendering of its steps.

Rules of drafts belong in `server/services/tokens`.
"""
