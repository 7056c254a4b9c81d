"""The events of the audit trail, and the description of a change for people.

Nothing here writes a record; `server/services/audit/writer.py` does.
"""
