"""People: identities, memberships, invitations, and proving e-mail addresses.

Signing in and sessions belong in `sign_in`.
"""
