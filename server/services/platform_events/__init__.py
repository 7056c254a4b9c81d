"""Event types for the Marketplace, and audit records written by extensions of the platform.

The events themselves are declared in `server/domain/audit/events.py`; add none here.
"""
